/// Gradients of programs of the language that use a weight in several ways, against finite differences: the text
/// through parser, checker, lowering and reverse mode, entry by entry for every weight.
#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "frontend/lowering/lower.h"
#include "language_programs.h"

namespace {

using namespace tpc;

void check_gradients(const std::string& body, const std::string& loss) {
  CAPTURE(body);
  CAPTURE(loss);
  ir::tp::Module module = lowering::lower(testing::checked_program(
      "model m\nwidth n\ndim d = 2\ndim k = 2\nparam U : [n, d] init normal(std = 1)\n"
      "param W[1..2, 1..1] : [n, n] init normal(std = 1)\nparam V : [k, n] init normal(std = 1)\n"
      "param b : [n] init normal(std = 1)\ndef other(x : [d]) -> [k] { return V @ tanh(W[2, 1] @ (U @ x)) }\n"
      "def net(x : [d]) -> [k] {\n  h = U @ x + b\n" +
      body + "\n}\ndata train : x[d], y[k], c {\n  1 2 0 1 1\n}\ntrain {\n  data = train\n  loss = " + loss +
      "\n  optimizer = sgd(lr = 1)\n  steps = 1\n}\nparametrization ntp\n"));
  const evaluation::Batch batch{2, {{"x", {0.7, -0.4, 0.3, 1.1}}, {"y", {0.5, -1.0, 0.2, 0.3}}, {"c", {1.0, 0.0}}}};
  testing::check_gradients_by_differences(std::move(module), 5, 77, batch);
}

TEST_CASE("gradients of matrices as linear maps") {
  const std::string loss = "mse(net(x), y)";
  check_gradients("  A = W[1, 1] - W[1, 1].T\n  return V @ tanh(A @ tanh(A.T @ h))", loss);
  check_gradients("  S = 2 * W[1, 1] @ W[2, 1] - U @ U.T / 3\n  return V @ tanh(S.T @ tanh(S @ h))", loss);
  check_gradients("  S = mean(h) * W[1, 1] @ W[1, 1]\n  return (V @ S) @ tanh(h)", loss);
  check_gradients("  return V @ max(tanh(W[1, 1] @ h), U[:, 1] * x[1]) + concat(x[2], mean(log(1 + h * h)))", loss);
}

TEST_CASE("gradients of losses of several terms") {
  const std::string body = "  z = tanh(W[1, 1] @ h)\n  return V @ z";
  check_gradients(body, "cross_entropy(net(x), c) + 0.3 * mse(net(x), y)");
  check_gradients(body, "mse(net(x), y) + 0.3 * mean(z * h) - 0.1 * mean(b * b)");
  check_gradients(body, "(mse(net(x), y) + 2 * cross_entropy(other(x), c)) / 3");
  check_gradients(body, "mse(net(x), y) + sum(square(net(x) - other(x)))");
}

}  // namespace
