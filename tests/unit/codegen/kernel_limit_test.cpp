// The limit of the kernel, compiled and evaluated at sample points: against golden kernels, and as what the kernels of
// finite networks converge to.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>

#include "codegen/codegen.h"
#include "evaluation/interpreter/interpreter.h"
#include "passes/gaussian/eliminate_random.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/kernel_program.h"
#include "passes/kernel/leading_products.h"
#include "passes/width/classify.h"
#include "tests/unit/passes/golden_kernels.h"

namespace {

using namespace tpc;
using namespace tpc::testing;

struct Estimate {
  std::vector<double> mean, error;
};

const std::vector<double>& points = golden_points;
constexpr size_t count = 5;

ir::limit::Module limit_of(const tp::Module& module) {
  const passes::WidthAnalysis analysis = passes::analyze_width(module);
  REQUIRE(passes::classify(module, analysis).regime == passes::Regime::kernel);
  auto derived = passes::derive_kernel(module, analysis, ir::SgdSettings::constant(0.1));
  const auto* failure = std::get_if<passes::LimitFailure>(&derived);
  REQUIRE_MESSAGE(failure == nullptr, failure->message);
  ir::limit::Module limit = std::get<ir::limit::Module>(derived);
  const auto faults = ir::limit::verify(limit);
  REQUIRE_MESSAGE(faults.empty(), faults.front());
  std::erase_if(limit.functions, [](const auto& function) { return function.key != ir::FunctionRole::kernel; });
  return limit;
}

/// A result of `kernel` on all pairs of points.
Estimate evaluate(const ir::limit::Module& limit, const std::string& result) {
  const codegen::JitModel jit{codegen::CompiledModel(limit, {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  const tp_model_descriptor& model = *jit.descriptor();
  tp_options options{};
  options.size = sizeof options;
  tp_default_options(&options);
  options.method = TP_METHOD_QMC;
  options.samples = 1 << 12;
  options.replicas = 6;
  tp_state* created = nullptr;
  REQUIRE_MESSAGE(tp_create(&model, &options, &created) == TP_OK, tp_last_error());
  const std::unique_ptr<tp_state, void (*)(tp_state*)> state(created, tp_destroy);
  std::vector<const double*> fields(model.field_count, points.data());
  uint32_t index = 0;
  while (model.functions[0].results[index].name != result) ++index;
  Estimate estimate{std::vector<double>(count * count), std::vector<double>(count * count)};
  REQUIRE(tp_call(created, 0, index, fields.data(), std::array<int64_t, 2>{count, count}.data(), estimate.mean.data(),
                  estimate.error.data(), nullptr) == TP_OK);
  return estimate;
}

/// Mean and standard error over networks of one width, and the root mean square distance to `limit`.
struct Finite {
  Estimate kernel;
  double distance = 0.0;
};

Finite finite_kernels(const tp::Module& module, int64_t width, uint64_t seeds, const std::vector<double>& limit) {
  const auto factors = passes::kernel::kernel_factors(passes::kernel::one_output(module));
  auto program = passes::kernel::kernel_program(factors, passes::kernel::all_products(factors));
  const auto terms = program.kernel;
  passes::kernel::choose_results(program, terms, {});
  std::vector<double> sum(count * count), squares(count * count);
  Finite finite;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const tpc::evaluation::Batch batch{count, {{"x", points}, {"x'", points}}};
    const auto kernel =
        tpc::evaluation::Interpreter(program.module, width, seed).run(ir::FunctionRole::kernel, batch).at("kernel");
    for (size_t i = 0; i < kernel.size(); ++i) {
      sum[i] += kernel[i], squares[i] += kernel[i] * kernel[i];
      finite.distance += (kernel[i] - limit[i]) * (kernel[i] - limit[i]);
    }
  }
  const auto n = static_cast<double>(seeds);
  for (size_t i = 0; i < sum.size(); ++i) {
    const double mean = sum[i] / n;
    finite.kernel.mean.push_back(mean);
    finite.kernel.error.push_back(std::sqrt(std::max(0.0, squares[i] / n - mean * mean) / (n - 1)));
  }
  finite.distance = std::sqrt(finite.distance / n);
  return finite;
}

/// Networks sixteen times as wide are about four times as close, and unbiased up to the order of 1/n.
void check_convergence(const tp::Module& module) {
  const Estimate limit = evaluate(limit_of(module), "kernel");
  const Finite small = finite_kernels(module, 64, 8, limit.mean), large = finite_kernels(module, 1024, 8, limit.mean);
  CHECK(large.distance < 0.5 * small.distance);
  double scale = 0.0;
  for (double value : limit.mean) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < limit.mean.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(limit.mean[i] - large.kernel.mean[i]) <=
          4 * (limit.error[i] + large.kernel.error[i]) + 10 * scale / 1024);
  }
}

void check_golden(const GoldenKernel& reference) {
  const auto& [module, kernel, nngp] = reference;
  const ir::limit::Module limit = limit_of(module);
  for (const auto& [name, golden] : {std::pair{"kernel", kernel}, std::pair{"nngp", nngp}}) {
    CAPTURE(name);
    const Estimate estimate = evaluate(limit, name);
    for (size_t i = 0; i < golden.size(); ++i) {
      CAPTURE(i);
      CHECK(std::abs(estimate.mean[i] - golden[i]) <= 4 * estimate.error[i] + 2e-4);
    }
  }
  const Finite finite = finite_kernels(module, 2048, 8, kernel);
  for (size_t i = 0; i < kernel.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(finite.kernel.mean[i] - kernel[i]) <= 5 * finite.kernel.error[i] + 2e-3);
  }
}

/// Kernel descent of f on the golden points, the first three of which are trained on.
class Descent {
 public:
  Descent(const tp::Module& module, const ir::SgdSettings& settings) : jit_(compiled_training(module, settings)) {
    REQUIRE_MESSAGE(jit_.error().empty(), jit_.error());
    tp_options options{};
    options.size = sizeof options;
    tp_default_options(&options);
    options.samples = 64;
    options.replicas = 1;
    tp_state* created = nullptr;
    REQUIRE_MESSAGE(tp_create(jit_.descriptor(), &options, &created) == TP_OK, tp_last_error());
    state_.reset(created);
  }

  void start(const std::vector<double>& initial) {
    std::vector<double> index;
    for (size_t i = 0; i < count; ++i) index.push_back(static_cast<double>(i));
    call("start", {{"index", index}, {"initial", initial}}, count, nullptr);
  }
  /// `kernel`: rows of the examples.
  double step(const std::vector<double>& kernel, const std::vector<double>& targets) {
    double loss = 0.0;
    call("step", {{"index", {0, 1, 2}}, {"kernel", kernel}, {"y", targets}}, targets.size(), &loss);
    return loss;
  }
  std::vector<double> outputs() {
    std::vector<double> f(count);
    call("predict", {}, 1, f.data());
    return f;
  }

 private:
  static codegen::JitModel compiled_training(const tp::Module& module, const ir::SgdSettings& settings) {
    const passes::WidthAnalysis analysis = passes::analyze_width(module);
    auto derived = passes::derive_kernel(module, analysis, settings);
    REQUIRE(std::holds_alternative<ir::limit::Module>(derived));
    ir::limit::Module limit = std::get<ir::limit::Module>(std::move(derived));
    std::erase_if(limit.functions, [](const auto& f) { return f.key == ir::FunctionRole::kernel; });
    for (ir::Dimension& dim : limit.dims) {
      if (dim.name == "P") dim.size = count;
    }
    return codegen::JitModel{codegen::CompiledModel(limit, {})};
  }

  void call(const char* name, const std::map<std::string, std::vector<double>>& data, size_t batch, double* result) {
    const tp_model_descriptor& model = *jit_.descriptor();
    uint32_t function = 0;
    while (std::strcmp(model.functions[function].name, name) != 0) ++function;
    std::vector<const double*> fields(model.field_count);
    for (uint32_t i = 0; i < model.field_count; ++i) {
      const auto found = data.find(model.fields[i].name);
      if (found != data.end()) fields[i] = found->second.data();
    }
    const std::vector<int64_t> extents(model.extent_count, static_cast<int64_t>(batch));
    REQUIRE_MESSAGE(
        tp_call(state_.get(), function, 0, fields.data(), extents.data(), result, nullptr, nullptr) == TP_OK,
        tp_last_error());
  }

  struct Destroy {
    void operator()(tp_state* state) const { tp_destroy(state); }
  };
  codegen::JitModel jit_;
  std::unique_ptr<tp_state, Destroy> state_;
};

/// Attention over an axis of tokens U_d x_d, the query being their sum.
ValueId attention_over_axis(Network& n, ValueId x) {
  auto& b = n.builder();
  const ValueId tokens = b.mul(x, n.weight(0));
  const ValueId query = n.matmul(1, b.contract(tokens, {}, {input_dim}));
  const ValueId scores = n.mean(b.mul(query, n.matmul(2, tokens)));
  const ValueId weights = b.map(Primitive::Exp, {scores});
  const ValueId total = b.contract(weights, {}, {input_dim});
  const ValueId mixed = b.div(b.contract(n.matmul(3, tokens), weights, {input_dim}), total);
  return n.readout(4, n.apply(Primitive::Tanh, mixed));
}

const std::vector<double> golden_kernel = {1.340699994589424,
                                           0.2158787654264371,
                                           0.2920147966421331,
                                           0.6956712751883745,
                                           0.1583229810431029,
                                           0.2158787654264371,
                                           0.9840000000000001,
                                           0.1355836495326649,
                                           0.2780708686210031,
                                           0.37413524394046,
                                           0.2920147966421331,
                                           0.1355836495326649,
                                           1.5375,
                                           0.1138940867007805,
                                           0.3383374623400833,
                                           0.6956712751883745,
                                           0.2780708686210031,
                                           0.1138940867007805,
                                           0.6149999983565695,
                                           0.09020249139767172,
                                           0.1583229810431029,
                                           0.37413524394046,
                                           0.3383374623400833,
                                           0.09020249139767172,
                                           1.279199994837616};
const std::vector<double> rows_of_train(golden_kernel.begin(), golden_kernel.begin() + 3 * count);
const std::vector<double> train_targets = {1.0, -1.0, 0.5};

}  // namespace

TEST_CASE("kernel descent follows the golden trajectory") {
  Descent descent(golden_network(ntp(), Primitive::Relu, 1.4), ir::SgdSettings::constant(0.2));
  for (int t = 0; t < 10; ++t) descent.step(rows_of_train, train_targets);
  const std::vector<double> golden = {0.5674433458908326, -0.4017268019013794, 0.3670717872802198, 0.1976872239758876,
                                      -0.06050731558708256},
                            f = descent.outputs();
  for (size_t i = 0; i < count; ++i) CHECK(f[i] == doctest::Approx(golden[i]).epsilon(1e-12));
}

TEST_CASE("kernel descent from a given start, with momentum and a schedule of learning rates") {
  ir::SgdSettings settings = ir::SgdSettings::constant(0.2);
  settings.learning_rate.kind = ir::ScheduleKind::linear;
  settings.learning_rate.last = 0.05;
  settings.learning_rate.length = 4;
  settings.momentum = 0.8;
  Descent descent(golden_network(ntp(), Primitive::Relu, 1.4), settings);
  std::vector<double> f = {0.3, -0.1, 0.7, -0.5, 0.2}, velocity(count);
  descent.start(f);
  for (int t = 0; t < 6; ++t) {
    const double rate = 0.2 + (0.05 - 0.2) * std::min(t / 4.0, 1.0);
    double loss = 0.0;
    std::vector<double> errors;
    for (size_t i = 0; i < 3; ++i) {
      errors.push_back(f[i] - train_targets[i]);
      loss += errors[i] * errors[i] / 6;
    }
    CHECK(descent.step(rows_of_train, train_targets) == doctest::Approx(loss).epsilon(1e-12));
    for (size_t p = 0; p < count; ++p) {
      velocity[p] *= 0.8;
      for (size_t i = 0; i < 3; ++i) velocity[p] += golden_kernel[i * count + p] * errors[i] / 3;
      f[p] -= rate * velocity[p];
    }
    const std::vector<double> got = descent.outputs();
    for (size_t p = 0; p < count; ++p) CHECK(got[p] == doctest::Approx(f[p]).epsilon(1e-12));
  }
}

TEST_CASE("golden kernels: neural tangent parametrization, relu") { check_golden(golden_relu_kernel()); }

TEST_CASE("golden kernels: standard parametrization with c = 1, erf; the first weight is not in the kernel") {
  check_golden(golden_erf_kernel());
}

TEST_CASE("kernels of finite networks converge to the limit's, whatever the architecture") {
  const std::pair<std::string, Parametrization> parametrizations[] = {{"ntp", ntp()}, {"sp, c = 1", sp(1)}};
  for (const auto& [name, point] : parametrizations) {
    CAPTURE(name);
    const std::pair<std::string, Forward> networks[] = {
        {"residual", residual}, {"tied", tied}, {"normalised", normalised}, {"recurrent", recurrent}};
    for (const auto& [architecture, forward] : networks) {
      CAPTURE(architecture);
      check_convergence(compiled(forward_program(three_weights(point), forward)));
    }
    CAPTURE("attention");
    check_convergence(compiled(forward_program(attention_weights(point), attention)));
    CAPTURE("attention over an axis");
    check_convergence(compiled(forward_program(attention_weights(point), attention_over_axis)));
  }
}

TEST_CASE("kernels as formulas in covariances agree with the same kernels at sample points") {
  const std::pair<std::string, Forward> networks[] = {
      {"residual", residual}, {"normalised", normalised}, {"recurrent", recurrent}};
  for (const auto& [architecture, forward] : networks) {
    CAPTURE(architecture);
    const ir::limit::Module sampled = limit_of(compiled(forward_program(three_weights(ntp()), forward)));
    ir::limit::Module exact = sampled;
    const auto why = passes::eliminate_random(exact, ir::FunctionRole::kernel, 48);
    CHECK_MESSAGE(!why, *why);
    const Estimate expected = evaluate(sampled, "kernel"), got = evaluate(exact, "kernel");
    for (size_t i = 0; i < got.mean.size(); ++i) {
      CAPTURE(i);
      CHECK(std::abs(got.mean[i] - expected.mean[i]) <= 5 * expected.error[i] + 1e-3);
    }
  }
}

TEST_CASE("a network whose forward pass meets a matrix and its transpose has no formula, and stays as it is") {
  ir::limit::Module module = limit_of(compiled(forward_program(three_weights(ntp()), tied)));
  const std::string before = ir::limit::print(module);
  const auto why = passes::eliminate_random(module, ir::FunctionRole::kernel, 48);
  REQUIRE(why.has_value());
  CHECK(why->find("dotZ") != std::string::npos);
  CHECK(ir::limit::print(module) == before);
}
