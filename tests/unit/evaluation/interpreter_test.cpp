#include "evaluation/interpreter/interpreter.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/diag/check.h"
#include "tests/unit/evaluation/interpreter_support.h"

namespace tpc::ir::tp {

using evaluation::Batch;
using evaluation::Interpreter;
namespace {

using test::check_close;
using test::parsed;
using Numbers = std::vector<double>;

TEST_CASE("numbers, sizes, powers of the width, relabelled and one-hot arrays") {
  const Module module = parsed(R"(tp module m width n
dim B = ?
dim B' = ? twin=B
dim d = 3
function f {
  %0 = input field=x : scalar[B]
  %1 = dim_size dim=B : scalar
  %2 = dim_size dim=d : scalar
  %3 = width_power exponent=-3/2 : scalar
  %4 = relabel arg=%0 from=B to=B' : scalar[B']
  %5 = map fn=mul args=[%0, %4] : scalar[B, B']
  %6 = one_hot arg=%0 dim=d : scalar[B, d]
  result B = %1
  result d = %2
  result power = %3
  result gram = %5
  result rows = %6
}
)");
  Interpreter interpreter(module, 4, 0);
  auto results = interpreter.run(ir::FunctionKey("f"), {2, {{"x", {2, 1}}}});
  check_close(results["B"], {2});
  check_close(results["d"], {3});
  check_close(results["power"], {0.125});
  check_close(results["gram"], {4, 2, 2, 1});
  check_close(results["rows"], {0, 0, 1, 0, 1, 0});
  CHECK_THROWS_AS(interpreter.run(ir::FunctionKey("f"), {2, {{"x", {3, 0}}}}), InternalError);
  CHECK_THROWS_AS(interpreter.run(ir::FunctionKey("f"), {2, {{"x", {1}}}}), InternalError);
  CHECK_THROWS_AS(interpreter.run(ir::FunctionKey("f"), {2, {}}), InternalError);
  CHECK_THROWS_AS(interpreter.run(ir::FunctionKey("g"), {}), InternalError);
}

TEST_CASE("softmax and its normalizer by hand, along any dimension, of numbers that would overflow") {
  const Module module = parsed(R"(tp module m width n
dim B = 2
dim k = 3
state @f : scalar[k, B] = zero role=finite a=0 b=0 c=0
function f {
  %0 = read state=@f : scalar[k, B]
  %1 = softmax arg=%0 over=k : scalar[k, B]
  %2 = softmax arg=%0 over=B : scalar[k, B]
  %3 = log_sum_exp arg=%0 over=k : scalar[B]
  %4 = log_sum_exp arg=%0 over=B : scalar[k]
  result outputs = %1
  result examples = %2
  result "of outputs" = %3
  result "of examples" = %4
}
)");
  Interpreter interpreter(module, 4, 0);
  interpreter.set_state(StateId(0), {1, 1000, 2, 0, 3, -1000});
  auto results = interpreter.run(ir::FunctionKey("f"), {2, {}});
  const double sum = std::exp(1) + std::exp(2) + std::exp(3);
  check_close(results["outputs"], {std::exp(1) / sum, 1, std::exp(2) / sum, 0, std::exp(3) / sum, 0});
  check_close(results["examples"], {0, 1, 1 / (1 + std::exp(-2)), 1 / (1 + std::exp(2)), 1, 0});
  check_close(results["of outputs"], {std::log(sum), 1000});
  check_close(results["of examples"], {1000, 2 + std::log1p(std::exp(-2)), 3});
}

/// A network with one hidden layer and a hidden matrix, and its SGD step, written out as a pass would.
const char* const network = R"(tp module net width n
dim B = ?
dim d = 2
state @u : vector[d] = gaussian(1) role=input a=-1/2 b=1/2 c=0
state @W : matrix = gaussian(1.5) role=hidden a=0 b=1/2 c=0
state @v : vector = gaussian(0.5) role=output a=1/2 b=1/2 c=0
function step {
  %0 = input field=x : scalar[B, d]
  %1 = input field=y : scalar[B]
  %2 = read state=@u : vector[d]
  %3 = width_power exponent=1/2 : scalar
  %4 = contract lhs=%2 rhs=%0 over=[d] : vector[B]
  %5 = map fn=mul args=[%3, %4] : vector[B]
  %6 = map fn=tanh args=[%5] : vector[B]
  %7 = read state=@W : matrix
  %8 h = matmul matrix=%7 arg=%6 : vector[B]
  %9 = read state=@v : vector
  %10 = width_power exponent=-1/2 : scalar
  %11 = moment lhs=%9 rhs=%8 : scalar[B]
  %12 f = map fn=mul args=[%10, %11] : scalar[B]
  %13 chi = map fn=sub args=[%12, %1] : scalar[B]
  %14 = map fn=mul args=[%9, %13] : vector[B]
  %15 dh = map fn=mul args=[%14, %10] : vector[B]
  %16 dW = outer left=%15 right=%6 : matrix
  %17 = constant value=0.1 : scalar
  %18 = map fn=mul args=[%17, %16] : matrix
  %19 = map fn=sub args=[%7, %18] : matrix
  %20 = write state=@W value=%19
  %21 = matmul matrix=%7 arg=%15 transposed=true : vector[B]
  %22 = contract lhs=%8 rhs=%13 over=[B] : vector
  %23 = map fn=mul args=[%22, %17] : vector
  %24 = map fn=sub args=[%9, %23] : vector
  %25 = write state=@v value=%24
  %26 = matmul matrix=%19 arg=%6 : vector[B]
  result f = %12
  result back = %21
  result next = %26
}
)";

TEST_CASE("a step of a network agrees with plain loops") {
  const size_t n = 6, batch = 3;
  Interpreter interpreter(parsed(network), n, 42);
  const Numbers u = interpreter.state(StateId(0)), v = interpreter.state(StateId(2));
  Numbers w = interpreter.state(StateId(1));
  const Numbers x{0.3, -1, 0.7, 0.2, 0, 2}, y{1, -1, 0.5};
  auto results = interpreter.run(ir::FunctionRole::step, {batch, {{"x", x}, {"y", y}}});

  const double root = std::sqrt(6.0);
  Numbers hidden(batch * n), h(batch * n), chi(batch), f(batch), back(batch * n), next(batch * n), new_v = v;
  for (size_t b = 0; b < batch; ++b) {
    for (size_t i = 0; i < n; ++i) hidden[b * n + i] = std::tanh(root * (u[i] * x[b * 2] + u[n + i] * x[b * 2 + 1]));
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) h[b * n + i] += w[i * n + j] * hidden[b * n + j];
      f[b] += v[i] * h[b * n + i] / root;
    }
    chi[b] = f[b] - y[b];
    for (size_t i = 0; i < n; ++i) {
      new_v[i] -= 0.1 * chi[b] * h[b * n + i];
      for (size_t j = 0; j < n; ++j) back[b * n + j] += w[i * n + j] * v[i] * chi[b] / root;
    }
  }
  for (size_t b = 0; b < batch; ++b) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) w[i * n + j] -= 0.1 * v[i] * chi[b] / root * hidden[b * n + j];
    }
  }
  for (size_t b = 0; b < batch; ++b) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) next[b * n + i] += w[i * n + j] * hidden[b * n + j];
    }
  }
  check_close(results["f"], f);
  check_close(results["back"], back);
  check_close(results["next"], next);
  check_close(interpreter.state(StateId(0)), u);
  check_close(interpreter.state(StateId(1)), w);
  check_close(interpreter.state(StateId(2)), new_v);
}

TEST_CASE("an empty batch and a batch of one") {
  Interpreter interpreter(parsed(network), 5, 1);
  const Numbers before = interpreter.state(StateId(1));
  auto results = interpreter.run(ir::FunctionRole::step, {0, {{"x", {}}, {"y", {}}}});
  CHECK(results["f"].empty());
  CHECK(interpreter.state(StateId(1)) == before);
  auto both = interpreter.run(ir::FunctionRole::step, {2, {{"x", {1, 2, 1, 2}}, {"y", {0, 0}}}});
  Interpreter fresh(parsed(network), 5, 1);
  auto one = fresh.run(ir::FunctionRole::step, {1, {{"x", {1, 2}}, {"y", {0}}}});
  check_close(one["f"], {both["f"][0]});
  check_close(one["back"], Numbers(both["back"].begin(), both["back"].begin() + 5));
}

TEST_CASE("initial states depend on seed, name and scale only") {
  const int64_t n = 100;
  std::string shifted = network;
  // The abc-symmetry with t = 1/2 on W: entries of w scale by n^{t}, the normals behind them are the same.
  shifted.replace(shifted.find("a=0 b=1/2 c=0"), 13, "a=1/2 b=0 c=-1");
  Interpreter first(parsed(network), n, 5), again(parsed(network), n, 5, 1), other(parsed(network), n, 6),
      moved(parsed(shifted), n, 5);
  const Numbers w = first.state(StateId(1));
  CHECK(w == again.state(StateId(1)));
  CHECK(w != other.state(StateId(1)));
  Numbers scaled = moved.state(StateId(1));
  for (double& value : scaled) value /= 10.0;
  check_close(scaled, w);
  CHECK(first.state(StateId(0))[0] != first.state(StateId(2))[0]);

  // w ~ N(0, 1.5^2 / n): mean, variance and fourth moment of 10^4 draws within five standard errors.
  double mean = 0, square = 0, fourth = 0;
  for (double value : w) {
    const double standard = value * 10.0 / 1.5;
    mean += standard / 1e4;
    square += standard * standard / 1e4;
    fourth += std::pow(standard, 4) / 1e4;
  }
  CHECK(std::abs(mean) < 5 * 0.01);
  CHECK(std::abs(square - 1) < 5 * std::sqrt(2.0) * 0.01);
  CHECK(std::abs(fourth - 3) < 5 * std::sqrt(96.0) * 0.01);
}

TEST_CASE("constant and zero states; constants are coordinates in units of n^{-b}") {
  const Module module = parsed(
      "tp module m width n\ndim k = 2\nstate @c : vector[k] = constant(3) role=vector a=-1/2 b=1/2 c=0\n"
      "state @z : scalar[k] = zero role=finite a=0 b=0 c=0\n");
  Interpreter interpreter(module, 4, 0);
  check_close(interpreter.state(StateId(0)), Numbers(8, 1.5));
  check_close(interpreter.state(StateId(1)), {0, 0});
  CHECK_THROWS_AS(interpreter.set_state(StateId(0), {1.0}), InternalError);
}

TEST_CASE("writes take effect at the end of the function, all at once") {
  const Module module = parsed(R"(tp module m width n
state @A : matrix = gaussian(1) role=hidden a=0 b=1/2 c=0
state @B : matrix = gaussian(1) role=hidden a=0 b=1/2 c=0
state @x : vector = gaussian(1) role=vector a=0 b=0 c=0
state @y : vector = gaussian(1) role=vector a=0 b=0 c=0
function exchange {
  %0 = read state=@A : matrix
  %1 = read state=@B : matrix
  %2 = write state=@A value=%1
  %3 = write state=@B value=%0
  %4 = read state=@x : vector
  %5 = read state=@y : vector
  %6 = write state=@x value=%5
  %7 = read state=@x : vector
  %8 = write state=@y value=%7
  %9 = read state=@A : matrix
  result A = %9
  result x = %7
}
)");
  Interpreter interpreter(module, 3, 1);
  std::vector<Numbers> before;
  for (size_t i = 0; i < 4; ++i) before.push_back(interpreter.state(StateId(i)));
  auto results = interpreter.run(ir::FunctionKey("exchange"), {});
  CHECK(results["A"] == before[0]);
  CHECK(results["x"] == before[2]);
  CHECK(interpreter.state(StateId(0)) == before[1]);
  CHECK(interpreter.state(StateId(1)) == before[0]);
  CHECK(interpreter.state(StateId(2)) == before[3]);
  CHECK(interpreter.state(StateId(3)) == before[2]);
}

}  // namespace
}  // namespace tpc::ir::tp
