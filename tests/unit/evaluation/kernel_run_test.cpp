// The kernel regime against the recursion of math.md 5b written out: f_{t+1} = f_t - lr K(., batch) (f_t - y) /
// |batch|.
#include "evaluation/kernel/kernel_run.h"

#include <doctest/doctest.h>

#include <cmath>
#include <iostream>
#include <numeric>
#include <random>

#include "driver/session.h"
#include "driver/settings.h"
#include "driver_support.h"
#include "ir/limit/random.h"
#include "passes/gaussian/quadrature.h"
#include "passes/kernel/affine_recursion.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/pair_functions.h"
#include "passes/kernel/recursion.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/width/width_analysis.h"
#include "runtime/algebra/symmetric_factor.h"

using namespace tpc::driver;
using namespace tpc::evaluation;
using namespace tpc::passes;
namespace limit = tpc::ir::limit;
namespace passes = tpc::passes;

namespace {

constexpr auto weights =
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1.2)\nparam V : [1, n] init normal(std "
    "= 1)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string kernel_program_text(const std::string& activation) {
  const std::string network = " return V @ " + activation + "(W @ " + activation + "(U @ x))";
  return replaced(program_text(weights, network), "parametrization mup", "parametrization ntp");
}

KernelProgram kernel_program(const Session& session) {
  const DerivedProgram derived = session.derived();
  return {derived.finite_width, derived.limit, *derived.random_limit, *derived.without_formula};
}

KernelRun run_text(const std::string& text, const Options& given = {}) {
  const TemporaryFolder folder;
  Options options = given;
  options.file = folder.file("small.tp", text);
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  SilentMonitor monitor;
  auto run = run_kernel(session->problem(monitor), kernel_program(*session), evaluation_settings(options));
  REQUIRE(run.has_value());
  return std::move(*run);
}

/// Asks everything to stop.
class Impatient final : public Monitor {
 public:
  std::unique_ptr<Watch> begin(const std::string&, int64_t, KeptWhenStopped) override {
    class Stop final : public Watch {
      void update(int64_t) override {}
      [[nodiscard]] bool stop_requested() const override { return true; }
    };
    return std::make_unique<Stop>();
  }
};

using Matrix2 = std::vector<double>;  // [2, 2]

/// The limit with other settings of the optimizer than the file's.
limit::Module kernel_limit(const tpc::ir::SgdSettings& optimizer) {
  const auto compilation = compile_text(kernel_program_text("relu"), Stage::finite_width);
  passes::PassOptions options;
  options.optimizer = optimizer;
  passes::AnyModule step = *compilation->finite_width;
  REQUIRE(passes::run_passes(step, passes::step_pipeline(), options, std::cerr).empty());
  const auto& program = std::get<tpc::ir::tp::Module>(step);
  const auto derived = passes::derive_kernel(program, passes::analyze_width(program), optimizer);
  REQUIRE(std::holds_alternative<limit::Module>(derived));
  return std::get<limit::Module>(derived);
}

}  // namespace

TEST_CASE("momentum and a schedule keep the recursion affine, and their states go with it") {
  tpc::ir::SgdSettings optimizer = tpc::ir::SgdSettings::constant(0.1);
  optimizer.momentum = 0.5;
  optimizer.learning_rate.kind = tpc::ir::ScheduleKind::cosine;
  optimizer.learning_rate.length = 10;
  const limit::Module module = kernel_limit(optimizer);
  CHECK(passes::is_affine_recursion(module));
  const limit::Module recursion = passes::recursion_functions(module, 4, 2);
  CHECK(limit::verify(recursion).empty());
  CHECK(recursion.states.size() == 3);  // f, its velocity, the step
}

TEST_CASE("minibatches of kernel descent, its mean and its covariance over the start") {
  std::string text = replaced(kernel_program_text("relu"), "batch = full", "batch = 1");
  text = replaced(text, "steps = 2", "steps = 3");
  const KernelRun run = run_text(text);
  CHECK(run.choice.settings.method == TP_METHOD_EXACT);
  CHECK(run.result.points == 2);
  const Matrix2& kernel = run.result.kernel.mean;
  const std::vector<double> target = {1.0, -1.0};
  std::vector<double> f = {0.0, 0.0};
  std::vector<double> s = {1.0, 0.0, 0.0, 1.0};  // f_t = f + s f_0
  std::vector<double> outputs = f;
  for (size_t step = 0; step < 3; ++step) {
    const size_t row = step % 2;
    const double error = f[row] - target[row];
    const double from_first = s[2 * row];
    const double from_second = s[2 * row + 1];
    CHECK(run.trajectory.loss.mean[step] == doctest::Approx(0.5 * error * error));
    for (size_t i = 0; i < 2; ++i) {
      f[i] -= 0.1 * kernel[2 * row + i] * error;
      s[2 * i] -= 0.1 * kernel[2 * row + i] * from_first;
      s[2 * i + 1] -= 0.1 * kernel[2 * row + i] * from_second;
    }
    outputs.insert(outputs.end(), f.begin(), f.end());
  }
  const std::vector<double>& trained = run.trajectory.outputs.at(0).values.mean;
  REQUIRE(trained.size() == outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) CHECK(trained[i] == doctest::Approx(outputs[i]));

  REQUIRE(run.result.spread.has_value());
  const StartSpread& spread = *run.result.spread;
  CHECK(spread.draws == 0);
  const Matrix2& start = run.result.nngp->mean;
  for (size_t i = 0; i < 2; ++i) {
    for (size_t j = 0; j < 2; ++j) {
      double expected = 0.0;
      for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 2; ++b) expected += s[2 * i + a] * start[2 * a + b] * s[2 * j + b];
      }
      CHECK(spread.covariance[2 * i + j] == doctest::Approx(expected));
    }
    const double variance = spread.covariance[3 * i];
    CHECK(spread.deviation.outputs[0].values.mean[6 + i] == doctest::Approx(std::sqrt(variance)));
    CHECK(spread.deviation.outputs[0].values.mean[i] == doctest::Approx(std::sqrt(start[3 * i])));
  }
  // The next batch is row 1: E loss = loss of the mean + half its variance.
  CHECK(spread.mean.loss.mean[3] == doctest::Approx(run.trajectory.loss.mean[3] + 0.5 * spread.covariance[3]));
}

TEST_CASE("closed forms, quadrature and sampling of one kernel agree within their errors") {
  const KernelRun quadrature = run_text(kernel_program_text("tanh"));
  CHECK(quadrature.choice.settings.method == TP_METHOD_QUADRATURE);
  Options options;
  options.method = Method::qmc;
  const KernelRun sampled = run_text(kernel_program_text("tanh"), options);
  CHECK(sampled.choice.settings.method == TP_METHOD_QMC);
  CHECK(sampled.choice.settings.replicas == 12);
  for (size_t i = 0; i < 4; ++i) {
    const double allowed = 5.0 * sampled.result.kernel.error[i] + quadrature.result.kernel.error[i];
    CHECK(std::abs(sampled.result.kernel.mean[i] - quadrature.result.kernel.mean[i]) < allowed);
    CHECK(quadrature.result.kernel.error[i] < 1e-3);
  }
}

TEST_CASE("the parts of a kernel module") {
  const auto compilation = compile_text(kernel_program_text("tanh"), Stage::limit);
  const limit::Module& module = *compilation->limit;
  CHECK(passes::starts_random(module));
  CHECK(passes::is_affine_recursion(module));
  CHECK(passes::quadrature_nodes(module) == passes::default_quadrature_nodes);
  CHECK(passes::quadrature_nodes(passes::with_quadrature_nodes(module, 36)) == 36);
  CHECK(limit::has_random_variables(passes::pair_function(*compilation->random_limit, tpc::ir::FunctionRole::kernel)));
  CHECK(!limit::has_random_variables(passes::pair_function(module, tpc::ir::FunctionRole::kernel)));
  CHECK(passes::without_unknown_sizes(module).find(tpc::ir::FunctionRole::step) == nullptr);
  const limit::Module recursion = passes::recursion_functions(module, 7, 3);
  CHECK(limit::verify(recursion).empty());
  REQUIRE(recursion.states.size() == 1);
  CHECK(recursion.dim(recursion.states[0].type.dims[0]).size == 7);
  CHECK(recursion.dim(recursion.states[0].type.dims[1]).size == 3);
  const limit::Function* loss = recursion.find(tpc::ir::FunctionRole::loss);
  REQUIRE(loss != nullptr);
  for (const auto& instruction : loss->body) CHECK(!std::holds_alternative<tpc::ir::Write>(instruction.op));
}

TEST_CASE("cross entropy is not affine in f: initial functions are drawn") {
  std::string text = replaced(kernel_program_text("relu"), "mse", "cross_entropy");
  text = replaced(text, "param V : [1, n]", "param V : [2, n]");
  text = replaced(text, "-> [1]", "-> [2]");
  text = replaced(text, "y[1] {\n 1.0 0.3 1.0\n -0.4 0.8 -1.0\n}", "y[2] {\n 1.0 0.3 1 0\n -0.4 0.8 0 1\n}");
  const KernelRun run = run_text(text);
  REQUIRE(run.result.spread.has_value());
  CHECK(run.result.spread->draws == initial_functions);
  CHECK(run.result.spread->covariance.empty());
  CHECK(run.trajectory.outputs[0].values.mean[0] == 0.0);  // the trajectory from the function 0
  const KernelRun again = run_text(text);
  CHECK(again.result.spread->mean.loss.mean == run.result.spread->mean.loss.mean);
  Options other;
  other.seed = 2;
  CHECK(run_text(text, other).result.spread->mean.loss.mean != run.result.spread->mean.loss.mean);
}

TEST_CASE("the factor of a covariance with a repeated point and rounding below zero") {
  const std::vector<double> covariance = {2.0, 2.0, 1.0, 2.0, 2.0 - 1e-15, 1.0, 1.0, 1.0, 3.0};
  const auto factor = tpc::runtime::symmetric_factor(covariance.data(), 3);
  CHECK(factor.columns == 2);
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (size_t k = 0; k < 2; ++k) sum += factor.matrix[2 * i + k] * factor.matrix[2 * j + k];
      CHECK(sum == doctest::Approx(covariance[3 * i + j]).epsilon(1e-12));
    }
  }
  CHECK(tpc::runtime::symmetric_factor(std::vector<double>(4, 0.0).data(), 2).columns == 0);
}

TEST_CASE("the factor of a large covariance of low rank, in several panels") {
  constexpr size_t size = 150, rank = 100;
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> root(size * rank), covariance(size * size);
  for (double& value : root) value = normal(random);
  const auto squared = [](const std::vector<double>& rows, size_t columns, size_t i, size_t j) {
    return std::inner_product(rows.begin() + i * columns, rows.begin() + (i + 1) * columns, rows.begin() + j * columns,
                              0.0);
  };
  for (size_t i = 0; i < size * size; ++i) covariance[i] = squared(root, rank, i / size, i % size);
  const auto factor = tpc::runtime::symmetric_factor(covariance.data(), size);
  REQUIRE(factor.columns == rank);
  double worst = 0.0;
  for (size_t i = 0; i < size * size; ++i) {
    worst = std::max(worst, std::fabs(squared(factor.matrix, rank, i / size, i % size) - covariance[i]));
  }
  CHECK(worst < 1e-11);
}

TEST_CASE("the factor of an indefinite matrix is that of its positive part") {
  const auto factor = tpc::runtime::symmetric_factor(std::vector<double>{1.0, 2.0, 2.0, 1.0}.data(), 2);
  REQUIRE(factor.columns == 1);  // eigenvalues 3 and -1
  CHECK(factor.matrix[0] * factor.matrix[0] == doctest::Approx(1.5));
  CHECK(factor.matrix[0] * factor.matrix[1] == doctest::Approx(1.5));
}

TEST_CASE("a run that is asked to stop while the kernel is evaluated has no result, and no error") {
  const TemporaryFolder folder;
  Options options;
  std::string points;  // more than one block
  for (int i = 0; i < 100; ++i) points += "  " + std::to_string(i) + " 1  0\n";
  options.file = folder.file("small.tp", replaced(kernel_program_text("relu"), " 1.0 0.3 1.0\n", points));
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  Impatient monitor;
  CHECK_FALSE(run_kernel(session->problem(monitor), kernel_program(*session), evaluation_settings(options)));
  CHECK_FALSE(session->compilation->diagnostics.has_errors());
}
