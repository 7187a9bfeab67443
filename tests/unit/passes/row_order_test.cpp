/// Rows trained one after the other within a step, against a literal loop over the visits at finite width.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "language_programs.h"
#include "passes/autodiff/autodiff.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/simplify.h"
#include "passes/update/row_order.h"
#include "passes/update/update.h"

namespace {

using namespace tpc;

constexpr int64_t width = 5;
constexpr double rate = 0.3, decay = 0.2;
const std::vector<double> context = {2, 4, 2, -1}, negative = {3, 0, 1, 1, -1, 3, 0};

ir::tp::Module lowered(const std::string& body) {
  const std::string text =
      "model m\nwidth n\ndim words = 5\nparam U : [words, n] init normal(std = 1)\n"
      "param W : [words, n] init normal(std = 1)\ndef f(word, context, negative) {\n" +
      body +
      "\n}\ndata train : word in words, context[..4] in words, negative[7] in words {\n"
      "  3 2 4 2 -1 3 0 1 1 -1 3 0\n}\ntrain {\n  data = train\n  loss = f(word, context, negative)\n"
      "  optimizer = sgd(lr = 1)\n  steps = 1\n}\nparametrization mup\n";
  return lowering::lower(testing::checked_program(text));
}

/// The raw weights u, w of a program U = sqrt(n) u, W = w / sqrt(n), and one step on them.
struct Literal {
  std::vector<double> u, w;
  double loss = 0.0;

  void step(const std::vector<double>& words) {
    const double root = std::sqrt(static_cast<double>(width));
    std::vector<double> h(width, 0.0), e(width, 0.0);
    double present = 0.0;
    for (double word : context) present += word >= 0 ? 1.0 : 0.0;
    for (double word : context) {
      for (size_t j = 0; word >= 0 && j < h.size(); ++j) h[j] += root * row(u, word)[j] / present;
    }
    loss = 0.0;
    for (size_t k = 0; k < words.size(); ++k) {
      if (words[k] < 0) continue;
      double* v = row(w, words[k]);
      double score = 0.0;
      for (size_t j = 0; j < h.size(); ++j) score += v[j] / root * h[j];
      const double sign = k == 0 ? -1.0 : 1.0, slope = sign / (1.0 + std::exp(-sign * score));
      loss += std::log1p(std::exp(sign * score));
      for (size_t j = 0; j < h.size(); ++j) {
        e[j] += slope * v[j] / root;
        v[j] = (1 - rate * decay) * v[j] - rate * slope * h[j] / root;
      }
    }
    for (double word : context) {
      double* v = row(u, word);
      for (size_t j = 0; word >= 0 && j < e.size(); ++j) {
        v[j] = (1 - rate * decay) * v[j] - rate * root * e[j] / present;
      }
    }
  }
  static double* row(std::vector<double>& table, double word) { return table.data() + static_cast<long>(word) * width; }
};

const std::string cbow =
    "  h = average(U[context])\n  return softplus(-(W[word] @ h)) + sum(softplus(W[negative] @ h))";

TEST_CASE("rows are trained in the order in which the program reads them") {
  ir::tp::Module module = lowered(cbow);
  passes::eliminate_common_subexpressions(module);
  passes::simplify(module);
  REQUIRE(passes::row_order_fault(module, ir::StateId(1)).empty());
  passes::add_gradient(module);
  ir::SgdSettings settings = ir::SgdSettings::constant(rate);
  settings.weight_decay = decay, settings.lazy = true, settings.ordered = "W";
  passes::add_sgd_step(module, settings);
  REQUIRE(ir::tp::verify(module) == std::vector<std::string>{});
  evaluation::Interpreter network(module, width, 5, 1);
  Literal literal{network.state(ir::StateId(0)), network.state(ir::StateId(1)), 0.0};
  const evaluation::Batch batch{1, {{"word", {3}}, {"context", context}, {"negative", negative}}};
  std::vector<double> words = {3};
  words.insert(words.end(), negative.begin(), negative.end());
  for (int step = 0; step < 4; ++step) {
    CAPTURE(step);
    const auto results = network.run(ir::FunctionRole::step, batch);
    literal.step(words);
    CHECK(results.at("loss")[0] == doctest::Approx(literal.loss).epsilon(1e-12));
    const std::vector<double> u = network.state(ir::StateId(0)), w = network.state(ir::StateId(1));
    for (size_t i = 0; i < u.size(); ++i) CHECK(u[i] == doctest::Approx(literal.u[i]).epsilon(1e-11));
    for (size_t i = 0; i < w.size(); ++i) CHECK(w[i] == doctest::Approx(literal.w[i]).epsilon(1e-11));
  }
}

TEST_CASE("what cannot be trained row by row is named") {
  const auto fault = [](const std::string& body) {
    ir::tp::Module module = lowered(body);
    passes::eliminate_common_subexpressions(module);
    passes::simplify(module);
    return passes::row_order_fault(module, ir::StateId(1));
  };
  CHECK(fault(cbow).empty());
  CHECK(fault("  return sum(softplus(W @ U[word]))") == "it is used as a whole, not by rows alone");
  CHECK(fault("  return mean(tanh(W[word] + U[word]))") ==
        "its rows are used otherwise than in inner products (`W[word] @ h`)");
  CHECK(fault("  return W[word] @ tanh(U[word] * (W[word] @ U[word]))") ==
        "its rows are multiplied with what is made of its rows");
  CHECK(fault("  return mean(square(U[word]))") == "the loss reads no rows of it");
}

}  // namespace
