#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

namespace {

/// Errors of statements in a def; the first statement is line 3.
std::string error(const std::string& statements) { return errors_in("def f(x) {\n" + statements + "\n}"); }

}  // namespace

TEST_CASE("statements: assignment and return") {
  CHECK(declarations_of("def f(x) {\n z = tanh(x)\n return z }") ==
        "def f\n  parameter x\n  assign z\n    call tanh\n      name x\n  return\n    name z\n");
  CHECK(declarations_of("def f() { z = 1; return z }") == "def f\n  assign z\n    number 1\n  return\n    name z\n");
}

TEST_CASE("statements: words of declarations are ordinary names inside a def") {
  CHECK(declarations_of("def f(data) {\n train = data\n return train\n}") ==
        "def f\n  parameter data\n  assign train\n    name data\n  return\n    name train\n");
}

TEST_CASE("statements: spans") {
  const std::string text = "model m\ndef f(x) {\n  z = tanh(x)  # c\n  return z\n}";
  const Parsed parsed = parse_text(text);
  const auto& def = std::get<ast::Def>(parsed.program->declarations.at(0));
  const auto written = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  CHECK(written(std::get<ast::Assignment>(def.body.at(0).node).span) == "z = tanh(x)");
  CHECK(written(std::get<ast::Return>(def.body.at(1).node).span) == "return z");
  CHECK(written(def.span) == text.substr(text.find("def")));
}

TEST_CASE("statements: errors") {
  CHECK(error("z tanh(x)") == "3:3 expected: expected `=`, found `tanh`");
  CHECK(error("retrun z") == "3:8 expected: expected `=`, found `z`\n  note: did you mean `return`?");
  CHECK(error("return") == "3:7 expected: expected an expression, found end of line");
  CHECK(error("return = 3") == "3:8 expected: expected an expression, found `=`");
  CHECK(error("3 = x") == "3:1 expected: expected a statement, found `3`");
  CHECK(error("z = x y = x") == "3:7 expected: expected end of line, found `y`");
}

TEST_CASE("statements: adapt") {
  CHECK(declarations_of("def f(s) {\n adapt sgd(lr = 0.4) on mse(s.x, s.y)\n return s.x\n}") ==
        "def f\n  parameter s\n  adapt\n    call sgd\n      argument lr\n        number 0.4\n    call mse\n"
        "      member x\n        name s\n      member y\n        name s\n  return\n    member x\n      name s\n");
  CHECK(declarations_of("def f(s) {\n adapt U, V = sgd(lr = 1)\n  on s\n adapt = 1\n}") ==
        "def f\n  parameter s\n  adapt U, V\n    call sgd\n      argument lr\n        number 1\n    name s\n"
        "  assign adapt\n    number 1\n");
  CHECK(errors_in("def f(s) {\n adapt sgd(lr = 1)\n}") == "3:19 expected: expected `on`, found end of line");
}

TEST_CASE("statements: loops and elements of lists") {
  CHECK(declarations_of("def f(x) {\n for l in 2..L - 1 { z = W[l].T @ z\n h[l] = s[1..T] }\n return z }") ==
        "def f\n  parameter x\n  for l\n    range\n      number 2\n      binary -\n        name L\n        number 1\n"
        "    assign z\n      binary @\n        transpose\n          index\n            name W\n            name l\n"
        "        name z\n    assign h\n      element\n        name l\n      index\n        name s\n        range\n"
        "          number 1\n          name T\n  return\n    name z\n");
  CHECK(error("for l in 2 { z = 1 }") == "3:12 expected: expected `..`, found `{`");
  CHECK(error("for l on 2..3 { z = 1 }") == "3:7 expected: expected `in`, found `on`");
  CHECK(error("for l in 2..3 { z 1 }\nh[] = 2") ==
        "3:19 expected: expected `=`, found `1`\n4:3 expected: expected an expression, found `]`");
  CHECK(error("h[1 = 2") == "3:5 expected: expected `]`, found `=`\n  note: to close this `[`");
}
