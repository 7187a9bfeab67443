// One broken statement costs one error; what follows is read, and so is what stands before the error if it is whole.
#include <algorithm>

#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

TEST_CASE("recovery: each bad declaration is reported, the good ones stay") {
  const Parsed parsed = parse_text("model m\nwidht n\ndim d = 2\nparam U [n]\nfn f(u) = u\n}\ndim k = 1");
  CHECK(parsed.errors ==
        "2:1 unknown-declaration: expected a declaration, found `widht`\n  note: did you mean `width`?\n"
        "4:11 expected: expected `..`, found `]`\n"
        "  note: a shape follows a colon, `param U : [n, d]`, and a family has a range, `param W[1..3] : [n, n]`\n"
        "6:1 unknown-declaration: expected a declaration, found `}`");
  CHECK(ast::print(*parsed.program) == "model m\ndim d\n  number 2\nfn f(u)\n  name u\ndim k\n  number 1\n");
}

TEST_CASE("recovery: each bad statement of a def is reported") {
  const Parsed parsed =
      parse_text("model m\ndef f(x) {\n a = \n b = tanh(x\n for l in 2..L {\n  c x\n }\n d = x $ 2\n return x\n}");
  CHECK(parsed.errors ==
        "8:8 invalid-character: the character `$` has no meaning here\n"
        "3:5 expected: expected an expression, found end of line\n"
        "4:12 expected: expected `,` or `)`, found end of line\n  note: to close this `(`\n"
        "6:5 expected: expected `=`, found `x`");
  CHECK(ast::print(*parsed.program) ==
        "model m\ndef f\n  parameter x\n  for l\n    range\n      number 2\n      name L\n  assign d\n    name x\n  "
        "return\n    name x\n");
}

TEST_CASE("recovery: rows, settings and exponents") {
  const Parsed parsed = parse_text(
      "model m\ndata t : x {\n 1 a\n 2\n b\n}\ntrain {\n steps 5\n lr = 1\n batch =\n}\n"
      "parametrization custom {\n U : a = x\n V : b = 1\n}");
  CHECK(parsed.errors ==
        "3:4 expected: expected a number, found `a`\n"
        "5:2 expected: expected a number, found `b`\n"
        "8:8 expected: expected `=`, found `5`\n"
        "10:9 expected: expected an expression, found end of line\n"
        "13:10 expected: expected a rational number like `-1/2`, found `x`");
  CHECK(ast::print(*parsed.program) ==
        "model m\ndata t\n  field x\n  row 2\ntrain\n  set lr\n    number 1\nparametrization custom\n  V : b = 1\n");
}

TEST_CASE("recovery: a broken head takes its block along") {
  const Parsed parsed = parse_text("model m\ndef f(x : [d) -> [k] {\n a = x\n return a\n}\ndim d = 2");
  CHECK(parsed.errors == "2:13 expected: expected `,` or `]`, found `)`\n  note: to close this `[`");
  CHECK(ast::print(*parsed.program) == "model m\ndim d\n  number 2\n");
}

TEST_CASE("recovery: a missing `}` ends where the next declaration begins") {
  const Parsed parsed =
      parse_text("model m\ndef f(x) {\n return x\ndata t : x {\n 1\ntrain {\n data = t\n}\ndim d = 2");
  CHECK(parsed.errors ==
        "4:1 expected: expected `}`, found `data`\n  note: to close this `{`\n"
        "6:1 expected: expected `}`, found `train`\n  note: to close this `{`");
  CHECK(ast::print(*parsed.program) == "model m\ntrain\n  set data\n    name t\ndim d\n  number 2\n");
}

TEST_CASE("recovery: too many errors stop the work") {
  std::string text = "model m\n";
  for (int line = 0; line < 1000; ++line) text += "dim\n";
  const std::string errors = parse_text(text).errors;
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 100);
  CHECK(errors.ends_with("\ntoo-many-errors: too many errors, the others are not shown"));
}
