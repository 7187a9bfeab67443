#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

TEST_CASE("declarations: model") {
  CHECK(tree_of("model mlp") == "model mlp\n");
  CHECK(tree_of("width n\nmodel mlp") == "model mlp\nwidth n\n");
  CHECK(parse_text("width n").errors == "1:1 missing-model: the file declares no model; it begins with `model NAME`");
  CHECK(parse_text("").errors == "1:1 missing-model: the file declares no model; it begins with `model NAME`");
  CHECK(errors_in("model other") ==
        "2:7 repeated-model: a file declares one model, and `other` is a second one\n  note: the first one is here");
  CHECK(parse_text("model").errors == "1:6 expected: expected a name, found end of line");
}

TEST_CASE("declarations: width, dim and const") {
  CHECK(declarations_of("width n\ndim d = 2\nconst alpha = -1/2") ==
        "width n\ndim d\n  number 2\nconst alpha\n  negate\n    binary /\n      number 1\n      number 2\n");
  CHECK(errors_in("width") == "2:6 expected: expected a name, found end of line");
  CHECK(declarations_of("width m = 4 n\nwidth h = 3/2 n / 8\nwidth p = 2 * n") ==
        "width m 4 times\n  name n\nwidth h 3/2 times\n  binary /\n    name n\n    number 8\nwidth p\n  binary *\n    "
        "number 2\n"
        "    name n\n");
  CHECK(errors_in("width m = 4 = n") == "2:13 expected: expected end of line, found `=`");
  CHECK(errors_in("dim d 2") == "2:7 expected: expected `=`, found `2`");
  CHECK(errors_in("const = 2") == "2:7 expected: expected a name, found `=`");
}

TEST_CASE("declarations: param") {
  const std::string family_note =
      "  note: a shape follows a colon, `param U : [n, d]`, and a family has a range, `param W[1..3] : [n, n]`";
  CHECK(declarations_of("param U : [n, 28] init normal(std = 1.4)\nparam b : [n] init zero\nparam c : [n]") ==
        "param U : [n, 28]\n  init\n    call normal\n      argument std\n        number 1.4\n"
        "param b : [n]\n  init\n    name zero\nparam c : [n]\n");
  CHECK(errors_in("param U [n]") == "2:11 expected: expected `..`, found `]`\n" + family_note);
  CHECK(errors_in("param U : n") == "2:11 expected: expected a shape like `[n, d]`, found `n`");
  CHECK(errors_in("param U : []") == "2:12 expected: expected a dimension, found `]`");
  CHECK(errors_in("param U : [n d]") == "2:14 expected: expected `,` or `]`, found `d`\n  note: to close this `[`");
  CHECK(errors_in("param U : [n] intit zero") ==
        "2:15 expected: expected `init`, `lr` or end of line, found `intit`\n  note: did you mean `init`?");
  CHECK(declarations_of("param W[2..L] : [n, n] init zero lr 0.5\nparametrization custom { W[2] : a = 0 }") ==
        "param W : [n, n]\n  members\n    range\n      number 2\n      name L\n  init\n    name zero\n  lr\n"
        "    number 0.5\nparametrization custom\n  W[...] : a = 0\n    member\n      number 2\n");
  CHECK(
      declarations_of("param W[1..L, 2..3] : [n, n] init zero\nparametrization custom { W[1, 2] : a = 0 }") ==
      "param W : [n, n]\n  members\n    range\n      number 1\n      name L\n    range\n      number 2\n      number "
      "3\n"
      "  init\n    name zero\nparametrization custom\n  W[...] : a = 0\n    member\n      number 1\n      number 2\n");
  CHECK(declarations_of("param b : [n]\n  init zero\n  lr 2") ==
        "param b : [n]\n  init\n    name zero\n  lr\n    number 2\n");
  CHECK(errors_in("param W[2] : [n, n]") == "2:10 expected: expected `..`, found `]`\n" + family_note);
}

TEST_CASE("declarations: fn") {
  CHECK(declarations_of("fn f(u, v) = u * v") == "fn f(u, v)\n  binary *\n    name u\n    name v\n");
  CHECK(errors_in("fn f() = 1") == "2:6 expected: expected a name, found `)`");
  CHECK(errors_in("fn f(u) u") == "2:9 expected: expected `=`, found `u`");
}

TEST_CASE("declarations: def") {
  CHECK(declarations_of("def net(x : [T, d], s) -> [k] { return x }") ==
        "def net\n  parameter x : [T, d]\n  parameter s\n  result [k]\n  return\n    name x\n");
  CHECK(declarations_of("def net(x : [T] = 2 * 3, s = 1) { return x }") ==
        "def net\n  parameter x : [T]\n    binary *\n      number 2\n      number 3\n  parameter s\n    number 1\n"
        "  return\n    name x\n");
  CHECK(errors_in("def net(x = ) { }") == "2:13 expected: expected an expression, found `)`");
  CHECK(declarations_of("def net(x)\n  -> [k]\n{\n}") == "def net\n  parameter x\n  result [k]\n");
  CHECK(errors_in("def net(x : [d]) [k] { }") == "2:18 expected: expected `{`, found `[`");
  CHECK(errors_in("def net(x, ) { }") == "2:12 expected: expected a parameter, found `)`");
  CHECK(errors_in("def net(x) -> { }") == "2:15 expected: expected a shape like `[n, d]`, found `{`");
  CHECK(errors_in("def net(x) { return x") ==
        "2:22 expected: expected `}`, found end of file\n  note: to close this `{`");
}

TEST_CASE("declarations: data") {
  CHECK(declarations_of("data train : x[d], y {\n 1.0 -0.3  1e-3\n +1, 2, 3; 4 5 6\n}") ==
        "data train\n  field x[d]\n  field y\n  row 1.0 -0.3 1e-3\n  row 1 2 3\n  row 4 5 6\n");
  CHECK(declarations_of("data t : x[T, d]\n  = csv(\"a.csv\")") ==
        "data t\n  field x[T, d]\n  source\n    call csv\n      text \"a.csv\"\n");
  CHECK(errors_in("data t : x[d]") == "2:14 expected: expected `{` and rows, or `= csv(...)`, found end of line");
  CHECK(errors_in("data t {") == "2:8 expected: expected `:`, found `{`");
  CHECK(errors_in("data t : x {\n 1 nan\n}") == "3:4 expected: expected a number, found `nan`");
  CHECK(errors_in("data t : x {\n 1,,2\n}") == "3:3 expected: expected a number, found `,`");
  CHECK(errors_in("data t : x {\n - -1\n}") == "3:4 expected: expected a number, found `-`");
  CHECK(errors_in("data t : x { 1.2.3 }").starts_with("2:14 invalid-number: `1.2.3` is not a number"));
}

TEST_CASE("declarations: groups of fields, and fields that are indices") {
  CHECK(declarations_of("data t : support(x[d], label), query(x[d], label) = episodes(all, ways = 5)") ==
        "data t\n  group support\n    field x[d]\n    field label\n  group query\n    field x[d]\n    field label\n"
        "  source\n    call episodes\n      name all\n      argument ways\n        number 5\n");
  CHECK(declarations_of("data t : word in words, context[..16] in words = npy(\"w.npy\"),\n"
                        "         negative[25] in words = negatives(word)") ==
        "data t\n  field word in words\n  field context[..16] in words\n  source\n    call npy\n"
        "      text \"w.npy\"\n  field negative[25] in words\n  source\n    call negatives\n      name word\n");
  CHECK(declarations_of("data t : x[d], class = npy(\"a.npy\", axes = [class, item])") ==
        "data t\n  field x[d]\n  field class\n  source\n    call npy\n      text \"a.npy\"\n      argument axes\n"
        "        list\n          name class\n          name item\n");
  CHECK(errors_in("data t : a(x[d] = csv(\"a\")") ==
        "2:17 expected: expected `,` or `)`, found `=`\n  note: to close this `(`");
  CHECK(errors_in("data t : x in = csv(\"a\")") == "2:15 expected: expected a name, found `=`");
  CHECK(errors_in("data t : x = csv(\"a\"), y") == "2:25 expected: expected `=`, found end of line");
}

TEST_CASE("declarations: the span of a signed number holds its sign") {
  const std::string text = "model m\ndata t : x { 1 -2.5 }";
  const Parsed parsed = parse_text(text);
  const auto& data = std::get<ast::Data>(parsed.program->declarations.at(0));
  const ast::Number number = data.rows.at(0).values.at(1);
  CHECK(number.text == "-2.5");
  CHECK(text.substr(number.span.begin, number.span.end - number.span.begin) == "-2.5");
}

TEST_CASE("declarations: train") {
  CHECK(declarations_of("train {\n data = train\n batch = 32 shuffled(seed = 1)\n steps = 5; lr = 1 }") ==
        "train\n  set data\n    name train\n  set batch\n    number 32\n    modifier\n      call shuffled\n"
        "        argument seed\n          number 1\n  set steps\n    number 5\n  set lr\n    number 1\n");
  CHECK(errors_in("train {\n loss mse(x)\n}") == "3:7 expected: expected `=`, found `mse`");
  CHECK(errors_in("train {\n batch = 32 shuffled\n}") == "3:13 expected: expected end of line, found `shuffled`");
  CHECK(errors_in("train {\n 3 = x\n}") == "3:2 expected: expected a setting like `steps = 5`, found `3`");
  CHECK(errors_in("train full {\n}") == "2:7 expected: expected `{`, found `full`");
}

TEST_CASE("declarations: observe") {
  CHECK(declarations_of("observe gram(z) on train, test\nobserve x") ==
        "observe on train, test\n  call gram\n    name z\nobserve\n  name x\n");
  CHECK(errors_in("observe x onn test") ==
        "2:11 expected: expected `on` or end of line, found `onn`\n  note: did you mean `on`?");
  CHECK(errors_in("observe x on") == "2:13 expected: expected a name, found end of line");
  CHECK(errors_in("observe on test") == "2:12 expected: expected `on` or end of line, found `test`");
}

TEST_CASE("declarations: parametrization") {
  CHECK(declarations_of("parametrization mup\nparametrization custom {\n U : a = -1/2, b = 1 / 2\n lr : c = 0\n}") ==
        "parametrization mup\nparametrization custom\n  U : a = -1/2, b = 1/2\n  lr : c = 0\n");
  CHECK(errors_in("parametrization custom {\n U : a = sqrt(2)\n}") ==
        "3:10 expected: expected a rational number like `-1/2`, found `sqrt`");
  CHECK(errors_in("parametrization custom {\n U : a = 1/b\n}") == "3:12 expected: expected a number, found `b`");
  CHECK(errors_in("parametrization custom {\n U a = 1\n}") == "3:4 expected: expected `:`, found `a`");
  CHECK(errors_in("parametrization custom {\n U : a 1\n}") == "3:8 expected: expected `=`, found `1`");
  CHECK(errors_in("parametrization custom {\n U : a = 1 b = 1\n}") == "3:12 expected: expected end of line, found `b`");
}
