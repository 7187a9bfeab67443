#include "grammar/limits.h"

#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar;
using namespace tpc::grammar::test;

namespace {

std::string repeated(const std::string& text, size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (size_t index = 0; index < count; ++index) result += text;
  return result;
}

std::string constant(const std::string& value) { return "model m\nconst c = " + value + "\ndim d = 2\n"; }

/// A text too deep or long has one error, and what follows is read.
void check_refused(const std::string& value, const std::string& expected) {
  const Parsed parsed = parse_text(constant(value));
  CHECK(parsed.errors == expected);
  CHECK(std::holds_alternative<ast::Dim>(parsed.program->declarations.back()));
}

const std::string too_deep = "nested-too-deeply: brackets are nested more than 200 deep";
const std::string too_long = "expression-too-long: more than 1000 operators in one expression; give parts of it a name";

}  // namespace

TEST_CASE("limits: the deepest and longest expressions are read, printed and destroyed") {
  for (const std::string& value : {repeated("(", most_brackets) + "1" + repeated(")", most_brackets),
                                   repeated("f(", most_brackets) + "1" + repeated(")", most_brackets),
                                   repeated("-(", most_brackets) + repeated("-", most_operators - most_brackets) + "1" +
                                       repeated(")", most_brackets),
                                   repeated("a*-", most_operators / 2) + "a", repeated("a+", most_operators) + "a",
                                   "a" + repeated(".T", most_operators)}) {
    const std::string tree = tree_of(constant(value));
    CHECK(tree.ends_with("dim d\n  number 2\n"));
  }
}

TEST_CASE("limits: one more is refused, and so are a million") {
  check_refused(repeated("(", most_brackets + 1) + "1" + repeated(")", most_brackets + 1), "2:211 " + too_deep);
  check_refused(repeated("f(", 500'000), "2:412 " + too_deep);
  check_refused(repeated("a+", most_operators + 1) + "a", "2:2012 " + too_long);
  check_refused(repeated("-", 1'000'000) + "a", "2:1011 " + too_long);
  check_refused("a" + repeated("^2", 500'000),
                "2:2012 " + too_long + "\n2:14 expected: expected end of line, found `^`");
  check_refused("a" + repeated(".T", 500'000), "2:2012 " + too_long);
}

TEST_CASE("limits: braces and brackets without end") {
  CHECK(errors_in(repeated("{", 500'000)) ==
        "2:51 blocks-nested-too-deeply: blocks are nested more than 50 deep\n"
        "2:1 expected: expected end of line, found `{`");
  CHECK(errors_in("param p : " + repeated("[", 500'000)) ==
        "2:211 " + too_deep + "\n2:12 expected: expected a dimension, found `[`");
  CHECK(parse_text(repeated("}\n", 500'000)).errors.ends_with("the others are not shown"));
}

TEST_CASE("limits: a long data block is read, and has no operators") {
  const Parsed parsed =
      parse_text("model m\ndata t : x {\n" + repeated("1 -2\n", 10'000) + repeated("-1 ", 2000) + "}");
  CHECK(parsed.errors == "");
  CHECK(std::get<ast::Data>(parsed.program->declarations.at(0)).rows.size() == 10'001);
}

TEST_CASE("limits: tokens and bytes") {
  const Parsed many = parse_text("model m\n" + repeated("a ", most_tokens));
  CHECK(many.program == nullptr);
  CHECK(many.errors.find("too-many-tokens: the file has more than 2000000 words and symbols") != std::string::npos);
  const Parsed large = parse_text(std::string(most_bytes + 1, ' '));
  CHECK(large.program == nullptr);
  CHECK(large.errors == "1:1 input-too-large: the file has 67108865 bytes; at most 67108864 are read");
}
