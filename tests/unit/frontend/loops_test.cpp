// Loops, families, sequences, lists and what they make of a program: the same as the program written out by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "frontend_support.h"

namespace tpc::test {
namespace {

using Vector = std::vector<double>;

/// A program around declarations and the body of its network.
std::string program(const std::string& declarations, const std::string& body, const std::string& input = "[T]") {
  return "model m\nwidth n\ndim T = 3\ndim d = 2\ndim k = 2\nconst L = 4\nparam u : [n] init normal(std = 1)\n"
         "param U : [n, d] init normal(std = 1)\nparam A : [n, n] init normal(std = 1.5)\n"
         "param V : [k, n] init normal(std = 1)\n" +
         declarations + "def net(x : " + input + ") -> [k] {\n" + body + "\n}\nparametrization ntp\n";
}

/// Outputs for two examples of `size` inputs at a small width, weights by seed.
Vector outputs(const std::string& text, size_t size) {
  ir::tp::Module module = lowering::lower(accept(text));
  for (ir::State& state : module.states) {  // W[2] and W2 get the same numbers: their names are part of the seed
    std::erase_if(state.name, [](char letter) { return letter == '[' || letter == ']' || letter == ','; });
  }
  tpc::evaluation::Interpreter interpreter(module, 6, 20261);
  Vector inputs;
  for (size_t i = 0; i < 2 * size; ++i) inputs.push_back(std::sin(1.0 + 2.7 * static_cast<double>(i)));
  return interpreter.run(ir::FunctionRole::predict, {2, {{"x", inputs}}}).at("output");
}

void check_same(const std::string& found, const std::string& expected, size_t inputs) {
  const Vector a = outputs(found, inputs);
  const Vector b = outputs(expected, inputs);
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-13));
}

std::vector<std::string> named_values(const std::string& text) {
  std::vector<std::string> names;
  const ir::tp::Module module = lowering::lower(accept(text));
  for (const auto& instruction : module.functions.front().body) {
    if (!instruction.name.empty() && instruction.name.find(' ') == std::string::npos) names.push_back(instruction.name);
  }
  return names;
}

TEST_CASE("a recurrent network with a loop is the one written out") {
  const std::string loop = "  h = tanh(u * x[1])\n  for j in 2..T { h = tanh(A @ h + u * x[j]) }\n  return V @ h";
  const std::string written =
      "  a = tanh(u * x[1])\n  b = tanh(A @ a + u * x[2])\n  c = tanh(A @ b + u * x[3])\n  return V @ c";
  check_same(program("", loop), program("", written), 3);
  CHECK(named_values(program("", loop)) == std::vector<std::string>{"x", "h", "h[2]", "h[3]", "net"});
}

TEST_CASE("a recurrent network may begin with zeros") {
  const std::string loop = "  h = zeros(n)\n  for j in 1..T { h = tanh(A @ h + u * x[j]) }\n  return V @ h";
  const std::string written =
      "  a = tanh(u * x[1])\n  b = tanh(A @ a + u * x[2])\n  c = tanh(A @ b + u * x[3])\n  return V @ c";
  check_same(program("", loop), program("", written), 3);
  const std::string gated =
      "  c = zeros(n)\n  for j in 1..T { c = sigmoid(A @ c + u * x[j]) * c + (1 - sigmoid(A @ c)) * u * x[j] }\n"
      "  return V @ c";
  const std::string gated_written =
      "  a = 0.5 * u * x[1]\n  b = sigmoid(A @ a + u * x[2]) * a + (1 - sigmoid(A @ a)) * u * x[2]\n"
      "  c = sigmoid(A @ b + u * x[3]) * b + (1 - sigmoid(A @ b)) * u * x[3]\n  return V @ c";
  check_same(program("", gated), program("", gated_written), 3);
  check_same(
      program("", "  h[0] = zeros(n)\n  h[1] = u * x[1]\n  s = h[0..1]\n  return V @ (s[2] + sum(s) + zeros(2, n)[1])"),
      program("", "  return V @ (2 * u * x[1])"), 3);
  check_same(
      program("",
              "  return V @ (u * (x[1] + mean(zeros(n)) + sum(zeros(T)) + dot(u, zeros(n)) + softmax(zeros(T))[2]))"),
      program("", "  return V @ (u * (x[1] + 1 / 3))"), 3);
}

TEST_CASE("families and lists with two indices") {
  const std::string grid =
      program("param W[1..2, 2..3] : [n, n] init normal(std = 1)\n",
              "  for m in 2..3 { h[0, m] = u * x[m] }\n"
              "  for l in 1..2 { for m in 2..3 { h[l, m] = tanh(W[l, m] @ h[l - 1, m] + h[l - 1, 5 - m]) } }\n"
              "  s = h[2, 2..3]\n  return V @ (s[1] - 2 * s[2])");
  const std::string written = program(
      "param W12 : [n, n] init normal(std = 1)\nparam W13 : [n, n] init normal(std = 1)\n"
      "param W22 : [n, n] init normal(std = 1)\nparam W23 : [n, n] init normal(std = 1)\n",
      "  a = u * x[2]\n  b = u * x[3]\n  c = tanh(W12 @ a + b)\n  e = tanh(W13 @ b + a)\n"
      "  f = tanh(W22 @ c + e)\n  g = tanh(W23 @ e + c)\n  return V @ (f - 2 * g)");
  check_same(grid, written, 3);
  const sema::Program family = accept(grid);
  REQUIRE(family.parameters.size() == 8);
  CHECK(family.parameters[5].name == "W[1,3]");
  CHECK(family.parameters[6].name == "W[2,2]");
  CHECK(family.parameters[6].family == "W");
  std::string custom = grid;
  custom.replace(custom.find("parametrization ntp"), 19,
                 "parametrization sp {\n  W : c = 1\n  W[2, 3] : c = 2\n  W[1, 2] : a = 1/2, b = 0\n}");
  const sema::Program point = accept(custom);
  CHECK(point.parameters[4].a == ir::Rational(1, 2));
  CHECK(point.parameters[4].c == ir::Rational(1));
  CHECK(point.parameters[7].c == ir::Rational(2));
}

TEST_CASE("a dimension written as a number fits a named one of its size") {
  check_same(program("param C : [k, T] init normal(std = 1)\n", "  return C @ x[1..3] + V @ u + concat(x[1], x[2])"),
             program("param C : [k, T] init normal(std = 1)\n", "  return C @ x + V @ u + concat(x[1], x[2])"), 3);
}

TEST_CASE("a family is as many parameters, and its bounds can be overridden") {
  const std::string text = program("param W[2..L] : [n, n] init normal(std = 1) lr 0.5\n",
                                   "  z = U @ x\n  for l in 2..L { z = z + tanh(W[l] @ z) }\n  return V @ z", "[d]");
  const std::string written = program(
      "param W2 : [n, n] init normal(std = 1)\nparam W3 : [n, n] init normal(std = 1)\n"
      "param W4 : [n, n] init normal(std = 1)\n",
      "  z = U @ x\n  z = z + tanh(W2 @ z)\n  z = z + tanh(W3 @ z)\n  z = z + tanh(W4 @ z)\n  return V @ z", "[d]");
  check_same(text, written, 2);
  auto names = [&](const std::string& layers) {
    std::vector<std::string> result;
    for (const sema::Parameter& parameter :
         accept(text, {.parametrization = {}, .values = {{"L", layers}}}).parameters) {
      if (!parameter.family.empty()) result.push_back(parameter.name);
    }
    return result;
  };
  CHECK(names("3") == std::vector<std::string>{"W[2]", "W[3]"});
  CHECK(names("1").empty());
  for (const sema::Parameter& parameter : accept(text).parameters) {
    CHECK(parameter.learning_rate_factor == (parameter.family.empty() ? 1.0 : 0.5));
  }
}

TEST_CASE("lists: attention with softmax is the one written with exponentials") {
  const std::string text = program("", R"(  for i in 1..T { e[i] = U @ x[i] }
  q = A @ e[T]
  for i in 1..T { s[i] = mean(q * e[i]) }
  a = softmax(s[1..T])
  o = e[T]
  for i in 1..T { o = o + a[i] * (A @ e[i]) }
  return V @ tanh(o))",
                                   "[T, d]");
  const std::string written = program("", R"(  e = U @ x[1]
  f = U @ x[2]
  g = U @ x[3]
  r = exp(dot(A @ g, e))
  s = exp(dot(A @ g, f))
  t = exp(dot(A @ g, g))
  o = g + (r * (A @ e) + s * (A @ f) + t * (A @ g)) / (r + s + t)
  return V @ tanh(o))",
                                      "[T, d]");
  check_same(text, written, 6);
}

TEST_CASE("sums, ranges as arguments, tables of positions, elements of elements") {
  const std::string pick = "def pick(s : [T]) {\n  return s[1] - 2 * s[3]\n}\n";
  check_same(program(pick, "  for i in 1..T { s[i] = x[i] * i }\n  return V @ (u * pick(s[1..T]))"),
             program("", "  return V @ (u * (x[1] - 6 * x[3]))"), 3);
  check_same(program("", "  for i in 0..T { s[i] = u * i }\n  return V @ (sum(s[0..T]) * sum(x))"),
             program("", "  return V @ (6 * u * (x[1] + x[2] + x[3]))"), 3);
  check_same(program("param P : [T, n] init normal(std = 1)\n", "  return V @ (P[2] * x[3][1])", "[T, d]"),
             program("param P : [n, T] init normal(std = 1)\n", "  return V @ (P.T[2] * x.T[1][3])", "[T, d]"), 6);
  check_same(program("", "  y = softmax(x[2])\n  return V @ (u * y[2])", "[T, d]"),
             program("", "  return V @ (u * exp(x[2][2]) / (exp(x[2][1]) + exp(x[2][2])))", "[T, d]"), 6);
}

TEST_CASE("a table of which only rows are used is an input-like weight") {
  const std::string table = "param P : [T, n] init normal(std = 1)\n";
  auto role = [&](const std::string& body) { return accept(program(table, body)).parameters.back().role; };
  CHECK(role("  return V @ (P[1] * x[1])") == ir::Role::input);
  CHECK(role("  y = P @ (u * x[1])\n  return V @ (P[1] * y[1])") == ir::Role::output);
}

TEST_CASE("layernorm is its formula, and eps an optional argument") {
  const std::string formula = "  c = u * x[1] - mean(u * x[1])\n  return V @ (c / sqrt(dot(c, c) + ";
  check_same(program("", "  return V @ layernorm(u * x[1])"), program("", formula + "1e-5))"), 3);
  check_same(program("", "  return V @ layernorm(u * x[1], eps = 0.5)"), program("", formula + "0.5))"), 3);
  check_same(program("", "  return V @ layernorm(u * x[1], 0.5)"), program("", formula + "0.5))"), 3);
}

TEST_CASE("long loops stay linear") {
  auto size = [](const std::string& steps) {
    const std::string text =
        program("", "  h = u * x[1]\n  for j in 2..T { h = tanh(A @ h + u * x[j]) }\n  return V @ h");
    return lowering::lower(accept(text, {.parametrization = {}, .values = {{"T", steps}}}))
        .functions.front()
        .body.size();
  };
  CHECK(size("128") - size("64") == 2 * (size("64") - size("32")));
}

TEST_CASE("schedules and options of sgd") {
  auto settings = [](const std::string& call, const std::string& duration = "steps = 7") {
    std::string text = varied("sgd(lr = 0.5)", call);
    text.replace(text.find("steps = 5"), 9, duration);
    return std::get<ir::SgdSettings>(accept(text).train->optimizer);
  };
  const ir::SgdSettings all = settings("sgd(lr = linear(0.5, to = 0.1), momentum = 0.9, weight_decay = 0.1, clip = 2)");
  CHECK(all.learning_rate.kind == ir::ScheduleKind::linear);
  CHECK(all.learning_rate.first == 0.5);
  CHECK(all.learning_rate.last == 0.1);
  CHECK(all.learning_rate.length == 7);
  CHECK(all.momentum == 0.9);
  CHECK(all.weight_decay == 0.1);
  CHECK(all.clip == 2.0);
  CHECK_FALSE(settings("sgd(0.5, clip = 0)").clip.has_value());
  CHECK(settings("sgd(lr = constant(0.25))").learning_rate.first == 0.25);
  const ir::Schedule cosine = settings("sgd(lr = cosine(1, over = 100))", "epochs = 2").learning_rate;
  CHECK(cosine.kind == ir::ScheduleKind::cosine);
  CHECK(cosine.last == 0.0);
  CHECK(cosine.length == 100);
  const ir::Schedule steps = settings("sgd(lr = steps(1, factor = 0.1, every = 30))").learning_rate;
  CHECK(steps.kind == ir::ScheduleKind::steps);
  CHECK(steps.factor == 0.1);
  CHECK(steps.every == 30);
  const std::string text = varied("sgd(lr = 0.5)", "sgd(lr = linear(0.5))");
  const auto program = accept(text, {.parametrization = {}, .values = {{"lr", "2"}, {"steps", "9"}}});
  const auto& overridden = std::get<ir::SgdSettings>(program.train->optimizer);
  CHECK(overridden.learning_rate.first == 2.0);
  CHECK(overridden.learning_rate.length == 9);
}

TEST_CASE("exponents of a family, of one member, and overrides of a named parametrization") {
  const std::string family = "param W[2..L] : [n, n] init normal(std = 1)\n";
  const std::string body = "  z = u * x[1]\n  for l in 2..L { z = tanh(W[l] @ z) }\n  return V @ z";
  std::string text = program(family, body);
  text.replace(text.find("parametrization ntp"), 19,
               "parametrization sp {\n  W : c = 1/2\n  W[3] : b = 2\n  V : c = 1\n}");
  const auto parameters = accept(text).parameters;
  REQUIRE(parameters.size() == 7);
  CHECK(parameters[3].c == ir::Rational(1));
  for (size_t i = 4; i < 7; ++i) {
    CHECK(parameters[i].c == ir::Rational(1, 2));
    CHECK(parameters[i].b == (i == 5 ? ir::Rational(2) : ir::Rational(1, 2)));
  }
}

TEST_CASE("a target is any expression of the data") {
  const sema::Program checked = accept(varied("mse(net(x), y)", "mse(net(x), (y - 150) / 80 + x[1])"));
  const ir::tp::Module module = lowering::lower(checked);
  tpc::evaluation::Interpreter interpreter(module, 5, 1);
  const double output = interpreter.run(ir::FunctionRole::predict, {1, {{"x", {0.3, -2.0}}}}).at("output").at(0);
  const double loss =
      interpreter.run(ir::FunctionRole::loss, {1, {{"x", {0.3, -2.0}}, {"y", {310.0}}}}).at("loss").at(0);
  CHECK(loss == doctest::Approx(0.5 * std::pow(output - 2.3, 2)).epsilon(1e-13));
}

}  // namespace
}  // namespace tpc::test
