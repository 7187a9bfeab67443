#include "grammar/lexical.h"

#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar;

namespace {

/// Tokens joined by blanks, with a mark behind numbers (#) and invalid ones (!); | is the end of a line.
std::string tokens_of(const std::string& text, std::string* errors = nullptr) {
  const diag::Source source("test.tp", text);
  diag::Engine engine;
  std::string result;
  for (const Token& token : tokenize(source, engine)) {
    CHECK(source.text().substr(token.begin, token.text.size()) == token.text);
    if (!result.empty()) result += ' ';
    const bool at_line_end = token.kind == TokenKind::separator && token.text.empty();
    result += at_line_end ? "|" : token.text;
    if (token.kind == TokenKind::number) result += "#";
    if (token.kind == TokenKind::invalid) result += "!";
  }
  const std::string reported = test::errors_of(source, engine);
  if (errors != nullptr) {
    *errors = reported;
  } else {
    CHECK(reported == "");
  }
  return result;
}

std::string error_of(const std::string& text) {
  std::string errors;
  tokens_of(text, &errors);
  return errors;
}

}  // namespace

TEST_CASE("tokens: names, numbers, texts and symbols") {
  CHECK(tokens_of("def net(x:[d])->[k]{") == "def net ( x : [ d ] ) -> [ k ] { | ");
  CHECK(tokens_of("W.T @ z_1^2 - .5") == "W . T @ z_1 ^ 2# - .5# | ");
  CHECK(tokens_of("1e-3 2.5E+4 7. 0.50") == "1e-3# 2.5E+4# 7.# 0.50# | ");
  CHECK(tokens_of("1..1400") == "1# .. 1400# | ");
  CHECK(tokens_of("1-2") == "1# - 2# | ");
  CHECK(tokens_of("\"a \\\" # b\"") == "\"a \\\" # b\" | ");
}

TEST_CASE("tokens: comments, blank lines and separators") {
  CHECK(tokens_of("a # b\n\n  # c\n\t d; e\r\n") == "a | d ; e | ");
  CHECK(tokens_of("") == "");
  CHECK(tokens_of("\xEF\xBB\xBF"
                  "a") == "a | ");
}

TEST_CASE("tokens: Greek names and subscripts") {
  CHECK(tokens_of("η₁ = σ * Ω") == "η₁ = σ * Ω | ");
  CHECK(error_of("₁a") ==
        "1:1 invalid-character: the character `₁` has no meaning here\n"
        "  note: names have Latin and Greek letters, digits and `_`");
}

TEST_CASE("token errors") {
  CHECK(error_of("a $ b") == "1:3 invalid-character: the character `$` has no meaning here");
  CHECK(error_of("α − 1") == "1:3 invalid-character: the character `−` has no meaning here\n  note: did you mean `-`?");
  CHECK(error_of(std::string("a\n \0", 4)) == "2:2 invalid-character: the character number 0 has no meaning here");
  CHECK(error_of("x = 1e") == "1:5 invalid-number: `1e` is not a number; numbers are written like 2, 0.5 or 1e-3");
  CHECK(error_of("2x").starts_with("1:1 invalid-number: `2x`"));
  CHECK(error_of("1.2.3").starts_with("1:1 invalid-number: `1.2.3`"));
  CHECK(error_of("a = \"b\nc") == "1:5 unterminated-text: the text is not closed by `\"` on its line");
  CHECK(error_of("\"a\\qb\\n\"") ==
        "1:3 invalid-escape: `\\q` is not an escape; known are `\\\"`, `\\\\`, `\\n` and `\\t`");
}

TEST_CASE("text that is not UTF-8 is reported once") {
  CHECK(error_of("a # \xE4 \xF6\n\xFC") == "1:5 invalid-utf8: the byte 0xE4 is not valid UTF-8");
}
