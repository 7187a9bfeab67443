#include "grammar/layout.h"

#include "grammar/lexical.h"
#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar;

namespace {

/// The statements of a text: its tokens without blanks, statements separated by " | ".
std::string statements_of(const std::string& text) {
  const diag::Source source("test.tp", text);
  diag::Engine engine;
  std::string result;
  for (const Token& token : lay_out(tokenize(source, engine), engine)) {
    result += token.kind == TokenKind::separator ? " | " : std::string(token.text);
  }
  CHECK(test::errors_of(source, engine) == "");
  REQUIRE(result.ends_with(" | "));
  return result.substr(0, result.size() - 3);
}

}  // namespace

TEST_CASE("a line end separates, also `;`") { CHECK(statements_of("a = b\nc = d; e = f") == "a=b | c=d | e=f"); }

TEST_CASE("a statement goes on inside brackets, and around operators, `,` and clauses") {
  CHECK(statements_of("a = f(b\n , c\n)\nd = e") == "a=f(b,c) | d=e");
  CHECK(statements_of("a = b +\n c\n * d\n - e\nf = g") == "a=b+c*d-e | f=g");
  CHECK(statements_of("a = f(\n std = 1,\n lr = 2)\nb = c") == "a=f(std=1,lr=2) | b=c");
  CHECK(statements_of("param U : [n, d]\n init zero\nobserve x\n on train,\n test") ==
        "paramU:[n,d]initzero | observexontrain,test");
  CHECK(statements_of("def f(x)\n -> [k]\n{ return x }") == "deff(x)->[k]{returnx}");
  CHECK(statements_of("data a : x, y =\n csv(z)\nb =\nc") == "dataa:x,y=csv(z) | b= | c");
  CHECK(statements_of("U : a = 1,\n b = 2\n W : a = 0") == "U:a=1,b=2 | W:a=0");
}

TEST_CASE("what visibly begins a statement is not joined to a broken line before it") {
  CHECK(statements_of("a = tanh(b\nc = d") == "a=tanh(b | c=d");
  CHECK(statements_of("a = b +\nreturn c") == "a=b+ | returnc");
  CHECK(statements_of("param U : [n,\ndim d = 2") == "paramU:[n, | dimd=2");
  CHECK(statements_of("a = b +\nc = d") == "a=b+ | c=d");
}

TEST_CASE("every line of an inline data block is a row") {
  CHECK(statements_of("data t : x {\n 1\n -2\n +3 }\ndim d = 2") == "datat:x{ | 1 | -2 | +3} | dimd=2");
  CHECK(statements_of("data t : x {\n 1\n-2\ndim d = f(\n2)") == "datat:x{ | 1 | -2 | dimd=f(2)");
  CHECK(statements_of("train {\n data = f(\n1) }") == "train{ | data=f(1)}");
}

TEST_CASE("what begins a declaration") {
  const auto begins = [](const std::string& text) {
    const diag::Source source("test.tp", text);
    diag::Engine engine;
    const Tokens tokens = tokenize(source, engine);
    return begins_declaration(tokens.data());
  };
  CHECK(begins("data x"));
  CHECK(begins("train {"));
  CHECK_FALSE(begins("data = x"));
  CHECK_FALSE(begins("train"));
  CHECK_FALSE(begins("datum x"));
}
