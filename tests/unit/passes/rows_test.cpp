/// Rows of tables by index: their gradients against finite differences, and descent on those that occur, by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/sema.h"
#include "language_programs.h"
#include "passes/autodiff/autodiff.h"
#include "passes/limit/derive_limit.h"
#include "passes/update/update.h"
#include "passes/width/width_analysis.h"

namespace {

using namespace tpc;

constexpr int64_t width = 3;
constexpr uint64_t seed = 5;

/// Two examples over 5 words, with repetitions, absent entries and one list without any.
const evaluation::Batch batch{2,
                              {{"word", {3, 1}},
                               {"context", {2, 4, 2, -1, -1, -1, -1, -1}},
                               {"negative", {3, 0, 1, 1, -1, 3}},
                               {"x", {0.7, -0.4, 1.2, 0.3, 0.2, -1.0, 0.5, 0.1}}}};

sema::Program checked(const std::string& body, const std::string& params) {
  const std::string text =
      "model m\nwidth n\ndim words = 5\ndim d = 4\nparam U : [words, n] init normal(std = 1)\n"
      "param W : [words, n] init normal(std = 1)\n" +
      params + "def f(word, context, negative, x) {\n" + body +
      "\n}\ndata train : word in words, context[..4] in words, negative[3] in words, x[d] {\n"
      "  0 1 -1 -1 -1 2 -1 -1 1 2 3 4\n}\ntrain {\n  data = train\n  loss = f(word, context, negative, x)\n"
      "  optimizer = sgd(lr = 1)\n  steps = 1\n}\nparametrization mup\n";
  return testing::checked_program(text);
}

ir::tp::Module lowered(const std::string& body, const std::string& params = "") {
  return lowering::lower(checked(body, params));
}

const std::string cbow =
    "  h = average(U[context])\n  return softplus(-(W[word] @ h)) + sum(softplus(W[negative] @ h))";

void check_gradients(const std::string& body, const std::string& params = "") {
  CAPTURE(body);
  testing::check_gradients_by_differences(lowered(body, params), width, seed, batch);
}

TEST_CASE("gradients of rows by index") {
  check_gradients(cbow);
  check_gradients("  return tanh(W[word] @ tanh(sum(U[context]) + U[word])) + sum(square(U[negative] @ W[word]))");
  check_gradients("  s = softplus(W[negative] @ U[word])\n  return s @ tanh(U[negative] @ W[word])");
  check_gradients("  return (x * (U[context] @ W[word])) @ tanh(U[context] @ W[word]) + average(x)");
  check_gradients("  return sum(P[context] @ x) + sum(square(Q[:, word]) * x) + mean(R[:, word] * U[word])",
                  "param P : [words, d] init normal(std = 1)\nparam Q : [d, words] init normal(std = 1)\n"
                  "param R : [n, words] init normal(std = 1)\n");
  check_gradients("  return mean(square(tanh(U[word]))) + sum(tanh(T[context, 2] @ W[word]))",
                  "param T : [words, d, n] init normal(std = 1)\n");
}

TEST_CASE("what is absent does not count") {
  evaluation::Interpreter some(lowered("  return average(x) + sum(exp(0 * (W[negative] @ U[word])))"), width, seed, 1);
  // exp(0 s) is 1 at every place present: three and two of them
  CHECK(some.run(ir::FunctionRole::loss, batch).at("loss")[0] == doctest::Approx((0.45 + 3 + (-0.05) + 2) / 2));
  evaluation::Interpreter none(lowered("  return sum(average(P[context]) * x) + 0 * mean(U[word] * W[word])",
                                       "param P : [words, d] init constant(1)\n"),
                               width, seed, 1);
  CHECK(none.run(ir::FunctionRole::loss, batch).at("loss")[0] == doctest::Approx(1.8 / 2));
}

/// w <- w - lr (m v + g + d w) for the rows that occur in these fields, each once; the others rest.
TEST_CASE("rows that do not occur rest") {
  for (const double momentum : {0.0, 0.5}) {
    for (const bool adds : {false, true}) {
      CAPTURE(momentum);
      ir::SgdSettings settings = ir::SgdSettings::constant(0.3);
      settings.momentum = momentum, settings.weight_decay = 0.2, settings.adds_gradients = adds, settings.lazy = true;
      ir::tp::Module module = lowered(cbow);
      passes::add_gradient(module);
      evaluation::Interpreter by_hand(module, width, seed, 1);
      passes::add_sgd_step(module, settings);
      REQUIRE(ir::tp::verify(module).empty());
      for (const auto& instruction : module.find(ir::FunctionRole::step)->body) {
        CHECK_FALSE(std::holds_alternative<ir::Write>(instruction.op));
      }
      evaluation::Interpreter lazy(module, width, seed, 1);
      const std::vector<std::set<size_t>> occur = {{2, 4}, {0, 1, 3}};
      std::vector<std::vector<double>> velocity(2, std::vector<double>(15, 0.0));
      for (int step = 0; step < 3; ++step) {
        const auto gradient = by_hand.run(ir::FunctionRole::gradient, batch);
        lazy.run(ir::FunctionRole::step, batch);
        for (size_t i = 0; i < 2; ++i) {
          std::vector<double> w = by_hand.state(ir::StateId(i));
          const std::vector<double>& g = gradient.at(i == 0 ? "d.U" : "d.W");
          for (const size_t row : occur[i]) {
            for (size_t j = row * width; j < (row + 1) * width; ++j) {
              velocity[i][j] = momentum * velocity[i][j] + (adds ? 2.0 : 1.0) * g[j] + 0.2 * w[j];
              w[j] -= 0.3 * velocity[i][j];
            }
          }
          by_hand.set_state(ir::StateId(i), w);
          const std::vector<double> got = lazy.state(ir::StateId(i));
          for (size_t j = 0; j < w.size(); ++j) CHECK(got[j] == doctest::Approx(w[j]).epsilon(1e-12));
          CHECK(std::equal(got.begin() + (i == 0 ? 0 : 6), got.begin() + (i == 0 ? 6 : 9),
                           w.begin() + (i == 0 ? 0 : 6)));  // rows that rest: to the bit
        }
      }
    }
  }
}

TEST_CASE("a table that is used as a whole, too, is updated as a whole") {
  ir::SgdSettings settings = ir::SgdSettings::constant(0.3);
  settings.lazy = true;
  ir::tp::Module module = lowered("  h = U[word]\n  return sum(softplus(U @ h)) + W[word] @ h");
  passes::add_gradient(module);
  passes::add_sgd_step(module, settings);
  size_t writes = 0, rows = 0;
  for (const auto& instruction : module.find(ir::FunctionRole::step)->body) {
    writes += std::holds_alternative<ir::Write>(instruction.op) ? 1 : 0;
    rows += std::holds_alternative<ir::AddRows>(instruction.op) ? 1 : 0;
  }
  CHECK(writes == 1);
  CHECK(rows == 1);
}

TEST_CASE("the roles of tables: what gives vectors is an input, what stands before them an output") {
  const auto roles = [](const std::string& body) {
    const sema::Program program = checked(body, "");
    return std::pair(program.parameters[0].role, program.parameters[1].role);
  };
  const std::pair in_out(ir::Role::input, ir::Role::output);
  CHECK(roles(cbow) == in_out);
  CHECK(roles("  return W[word] @ U[word]") == in_out);
  CHECK(roles("  return (W[word] - 2 * average(W[negative])) @ tanh(U[word])") == in_out);
  CHECK(roles("  return sum(tanh(W @ tanh(U[1] + U[word])))") == in_out);
  CHECK(roles("  return mean(U[word] * tanh(W[word]))") == std::pair(ir::Role::input, ir::Role::input));
  CHECK(roles("  return sum(U @ tanh(U[word])) + W[1] @ U[word]") == std::pair(ir::Role::output, ir::Role::output));
}

TEST_CASE("the width's powers of rows, and their limit: the same rows, added to in place") {
  ir::tp::Module module = lowered(cbow);
  passes::add_gradient(module);
  passes::add_sgd_step(module, ir::SgdSettings::constant(1));
  const passes::WidthAnalysis analysis = passes::analyze_width(module);
  for (size_t i = 0; i < 2; ++i) CHECK(analysis.update_contribution[i] == ir::Exponent(0));
  const auto derived = passes::derive_limit(module, analysis);
  const auto* limit = std::get_if<ir::limit::Module>(&derived);
  REQUIRE(limit != nullptr);
  CHECK(ir::limit::verify(*limit) == std::vector<std::string>{});
  size_t rows = 0;
  for (const auto& instruction : limit->find(ir::FunctionRole::step)->body) {
    CHECK_FALSE(std::holds_alternative<ir::Write>(instruction.op));
    rows += std::holds_alternative<ir::AddRows>(instruction.op) ? 1 : 0;
  }
  CHECK(rows == 3);
}

}  // namespace
