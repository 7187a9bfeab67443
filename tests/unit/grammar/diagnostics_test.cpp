#include <sstream>

#include "base/diag/check.h"
#include "base/diag/utf8.h"
#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using diag::Kind;

namespace {

std::string printed(const diag::Source& source, const diag::Engine& engine, bool color = false) {
  std::ostringstream out;
  diag::print(out, source, engine, color);
  return out.str();
}

/// The excerpt under an error at [begin, end).
std::string excerpt(const std::string& text, uint32_t begin, uint32_t end) {
  const diag::Source source("a.tp", text);
  diag::Engine engine;
  engine.report(Kind::missing_model, Span{begin, end});
  const std::string all = printed(source, engine);
  return all.substr(all.find('\n') + 1);
}

}  // namespace

TEST_CASE("source: lines and columns, in code points") {
  const diag::Source source("a.tp", "ab\r\nη = β\n\nx");
  CHECK(source.line(1) == "ab");
  CHECK(source.line(2) == "η = β");
  CHECK(source.line(3) == "");
  CHECK(source.line(4) == "x");
  CHECK(source.position(0).line == 1);
  CHECK(source.position(0).column == 1);
  const auto beta = source.position(static_cast<uint32_t>(source.text().find("β")));
  CHECK(beta.line == 2);
  CHECK(beta.column == 5);
  CHECK(source.position(1000).line == 4);
  CHECK(source.position(1000).column == 2);
  CHECK_THROWS_AS((void)source.line(5), InternalError);
  CHECK_THROWS_AS((void)source.line(0), InternalError);
}

TEST_CASE("utf8: lengths, and what is not valid") {
  using diag::utf8_length;
  CHECK(utf8_length("a", 0) == 1);
  CHECK(utf8_length("\xCE\xB7", 0) == 2);
  CHECK(utf8_length("\xE2\x82\x81", 0) == 3);
  CHECK(utf8_length("\xF0\x9F\x98\x80", 0) == 4);
  for (const char* bad : {"\x80", "\xC0\xAF", "\xCE", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    CHECK(utf8_length(bad, 0) == 0);
  }
}

TEST_CASE("diagnostics: name, severity and text come from the list") {
  CHECK(diag::kind_name(Kind::unknown_declaration) == "unknown-declaration");
  CHECK(diag::kind_severity(Kind::expected) == diag::Severity::error);
  CHECK(diag::kind_text(Kind::expected) == "expected {expected}, found {found}");
}

TEST_CASE("diagnostics: a placeholder without an argument is our bug") {
  diag::Engine engine;
  CHECK_THROWS_AS(engine.report(Kind::expected, {{"found", "x"}}), InternalError);
}

TEST_CASE("print: place, message, name, line, carets and notes, in the order of the text") {
  const diag::Source source("a.tp", "model m\nz = b(c\nend");
  diag::Engine engine;
  engine.report(Kind::too_many_errors);
  engine.report(Kind::expected, Span{12, 13}, {{"expected", "`)`"}, {"found", "`b`"}})
      .note("to close this", Span{13, 14})
      .note("did you mean `c`?");
  engine.report(Kind::repeated_model, Span{6, 7}, {{"name", "m"}});
  CHECK(printed(source, engine) ==
        "a.tp:1:7: error: a file declares one model, and `m` is a second one [repeated-model]\n"
        "    1 | model m\n"
        "      |       ^\n"
        "a.tp:2:5: error: expected `)`, found `b` [expected]\n"
        "    2 | z = b(c\n"
        "      |     ^\n"
        "a.tp:2:6: note: to close this\n"
        "    2 | z = b(c\n"
        "      |      ^\n"
        "note: did you mean `c`?\n"
        "error: too many errors, the others are not shown [too-many-errors]\n");
  CHECK(printed(source, engine, true).find("\033[1;31merror: \033[0m") != std::string::npos);
}

TEST_CASE("print: carets under the whole span") {
  CHECK(excerpt("ab cde f", 3, 6) == "    1 | ab cde f\n      |    ^^^\n");
  CHECK(excerpt("ab", 2, 2) == "    1 | ab\n      |   ^\n");
  CHECK(excerpt("η = β₁ + γ", 5, 10) == "    1 | η = β₁ + γ\n      |     ^^\n");
  CHECK(excerpt("\tx\ty", 3, 4) == "    1 |     x   y\n      |         ^\n");
  CHECK(excerpt("a\x01\xFF"
                "b",
                3, 4) ==
        "    1 | a\xEF\xBF\xBD\xEF\xBF\xBD"
        "b\n      |    ^\n");
}

TEST_CASE("print: a span over lines") {
  CHECK(excerpt("a = f(b,\n  c)\nd", 4, 13) == "    1 | a = f(b,\n      |     ^^^^\n    2 |   c)\n      |   ^^\n");
  CHECK(excerpt("1\n2\n3\n4\n5\n6", 0, 11) ==
        "    1 | 1\n      | ^\n    2 | 2\n      | ^\n    3 | 3\n      | ^\n ... |\n    6 | 6\n      | ^\n");
}

TEST_CASE("print: of a long line only the part around the caret") {
  const std::string before(1000, 'a'), after(1000, 'b');
  CHECK(excerpt(before + "X" + after, 1000, 1001) == "    1 | ..." + std::string(60, 'a') + "X" + std::string(99, 'b') +
                                                         "...\n      | " + std::string(63, ' ') + "^\n");
  const std::string huge(1'000'000, 'a');
  CHECK(excerpt(huge + "X" + huge, 1'000'000, 1'000'001) == "    1 | ..." + std::string(60, 'a') + "X" +
                                                                std::string(99, 'a') + "...\n      | " +
                                                                std::string(63, ' ') + "^\n");
}

TEST_CASE("nearest: typing mistakes, not guesses") {
  const std::vector<std::string> names = {"width", "train", "z1", "z2", "learning_rate"};
  CHECK(diag::nearest("widht", names) == "width");
  CHECK(diag::nearest("wdth", names) == "width");
  CHECK(diag::nearest("trian", names) == "train");
  CHECK(diag::nearest("z3", names) == "z1");
  CHECK(diag::nearest("learningrate", names) == "learning_rate");
  CHECK(diag::nearest("observe", names) == "");
  CHECK(diag::nearest("q", {"a", "b"}) == "");
  CHECK(diag::nearest("", names) == "");
  CHECK(diag::nearest(std::string(1'000'000, 'a'), names) == "");
}
