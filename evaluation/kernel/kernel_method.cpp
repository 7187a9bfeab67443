#include "evaluation/kernel/kernel_method.h"

#include <algorithm>
#include <cmath>

#include "base/stopwatch.h"
#include "evaluation/compiled/coordinates.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/compiled/node_counts.h"
#include "fmt/format.h"
#include "ir/limit/random.h"
#include "passes/gaussian/quadrature.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"
#include "passes/limit/shares_of_points.h"

namespace tpc::evaluation {
namespace {

/// Points a side of a block when random variables are sampled: enough to share the sampled directions, few enough for
/// memory.
constexpr int64_t sampled_block = 32;
constexpr double keep_every_direction = 1e-9;
bool asks_for_sampling(const MethodRequest& request) {
  return request.method == Method::qmc || request.method == Method::mc;
}

bool samples(const MethodChoice& choice) {
  return choice.settings.method == TP_METHOD_QMC || choice.settings.method == TP_METHOD_MC;
}

/// Whether the closed form is what the command line asks for.
bool wanted(const MethodRequest& request, int64_t nodes) {
  switch (request.method) {
    case Method::automatic: return true;
    case Method::exact: return nodes == 0;
    case Method::quadrature: return nodes > 0;
    case Method::qmc:
    case Method::mc: break;
  }
  return false;
}

MethodChoice closed_form(const MethodRequest& request, int64_t nodes) {
  MethodChoice choice;
  choice.settings.method = nodes > 0 ? TP_METHOD_QUADRATURE : TP_METHOD_EXACT;
  choice.settings.samples = nodes;
  choice.settings.replicas = 1;
  choice.settings.seed = request.seed;
  choice.settings.threads = request.threads;
  choice.settings.rule = NodeRule::trapezoidal_sums;
  choice.why = nodes > 0 ? "the expectations are sums over nodes in the covariances"
                         : "every expectation has a closed form in the covariances";
  return choice;
}

/// Values of one function under a double sum: a minute, or two.
constexpr double most_node_values = 2e10;

/// The most nodes of sums for all pairs of so many points; never less than `first`.
int64_t most_nodes_of_sums(int64_t first, int64_t points) {
  const double pairs = 0.5 * static_cast<double>(points) * static_cast<double>(points + 1);
  const auto affordable = static_cast<int64_t>(std::sqrt(most_node_values / pairs));
  return std::clamp(affordable, first, ir::limit::most_quadrature_nodes);
}

/// Whether some number differs by more than is allowed; not one that is not finite.
bool differs(const PairValues& fine, const PairValues& coarse, double tolerance) {
  for (const auto& [name, values] : fine) {
    const std::vector<double>& other = coarse.at(name).values;
    for (size_t i = 0; i < other.size(); ++i) {
      const double allowed = tolerance * std::max(1.0, std::abs(values.values[i]));
      if (std::abs(values.values[i] - other[i]) > allowed) return true;
    }
  }
  return false;
}

WorkFacts pair_work(int64_t points) {
  const int64_t blocks = (points + sampled_block - 1) / sampled_block;
  WorkFacts facts;
  facts.steps = 1;
  facts.batch = std::min(points, sampled_block);
  facts.pair_blocks = blocks * (blocks + 1) / 2;
  return facts;
}

}  // namespace

PairForm PairFunctions::choose(const ir::FunctionKey& function, int64_t points) const {
  const MethodRequest& request = settings_.request;
  PairForm form;
  form.module = passes::pair_function(program_.limit, function);
  const int64_t nodes = passes::quadrature_nodes(form.module);
  if (!ir::limit::has_random_variables(form.module) && wanted(request, nodes)) {
    form.choice = closed_form(request, nodes);
    if (nodes > 0) choose_nodes(form, function, points);
    return form;
  }
  form.sampled = true;
  form.module = passes::on_shares_of_points(passes::pair_function(program_.random_limit, function));
  if (request.rotate_to_data) form.rotations = rotations_for(form.module, program_.finite_width, problem_.sets);
  MethodRequest used = request;
  const bool kernel = function == ir::FunctionRole::kernel;
  if (!kernel && !asks_for_sampling(request)) used.method = Method::automatic;  // the method is one for the kernel
  // Every vector is met once: nothing moves slowly, so that small residuals would matter little.
  if (!used.tolerance) used.tolerance = keep_every_direction;
  form.choice = choose_method(form.module, form.rotations, pair_work(points), used, problem_.diagnostics);
  const auto reason = program_.without_formula.find(function);
  if (reason != program_.without_formula.end() && used.method == Method::automatic && samples(form.choice)) {
    form.choice.why = "neither closed forms nor sums over nodes: " + reason->second;
  }
  if (form.choice.settings.method == TP_METHOD_EXACT) {
    passes::homogenize(form.module);
    form.rotations.clear();  // any orthonormal basis is as good
  }
  return form;
}

void PairFunctions::choose_nodes(PairForm& form, const ir::FunctionKey& function, int64_t points) const {
  int64_t& nodes = form.choice.settings.samples;
  const std::optional<int64_t>& asked = settings_.request.samples;
  if (asked && *asked <= ir::limit::most_quadrature_nodes) {
    nodes = form.choice.most_nodes = *asked;
    form.module = passes::with_quadrature_nodes(std::move(form.module), nodes);
    return;
  }
  form.choice.most_nodes = most_nodes_of_sums(nodes, points);
  if (!asked || function != ir::FunctionRole::kernel) return;  // of an observation they may be the kernel's samples
  problem_.diagnostics.report(
      diag::Kind::method_not_applicable,
      {{"method", "quadrature"},
       {"why",
        fmt::format("`--samples` is the number of nodes a dimension here, at most {}; leave it out and the number "
                    "is chosen by the error, or take sample points with `--method qmc`",
                    ir::limit::most_quadrature_nodes)}});
}

std::optional<PairResult> PairFunctions::evaluate(PairForm& form, const LoadedSet& set,
                                                  const std::string& label) const {
  if (form.choice.settings.method == TP_METHOD_QUADRATURE) return evaluate_over_nodes(form, set, label);
  LimitSettings& settings = form.choice.settings;
  PairResult result;
  auto values = evaluate_once(form, form.module, settings, set, label, result.compile_seconds);
  if (!values) return {};
  result.values = std::move(*values);
  if (form.sampled) settings.replicas = static_cast<int64_t>(result.values.begin()->second.replicas);
  return result;
}

/// With more nodes, until they change nothing or are too many; what is exact with so many, once.
std::optional<PairResult> PairFunctions::evaluate_over_nodes(PairForm& form, const LoadedSet& set,
                                                             const std::string& label) const {
  LimitSettings& settings = form.choice.settings;
  PairResult result;
  auto with_nodes = [&](int64_t nodes) {
    LimitSettings used = settings;
    used.samples = nodes;
    const ir::limit::Module module =
        form.sums_over_nodes() ? passes::with_quadrature_nodes(form.module, nodes) : form.module;
    return evaluate_once(form, module, used, set, label, result.compile_seconds);
  };
  const int64_t compared = compared_node_count(settings);
  if (compared > 0 && !(result.coarse = with_nodes(compared))) return {};
  for (;; settings.samples = finer_node_count(settings.samples)) {
    auto values = with_nodes(settings.samples);
    if (!values) return {};
    result.values = std::move(*values);
    const double allowed = settings.to_rounding ? rounding_tolerance : node_tolerance;
    const bool settled = !result.coarse || !differs(result.values, *result.coarse, allowed);
    settings.to_rounding = settings.to_rounding && settled;
    if (settings.to_rounding) result.coarse.reset();
    if (settled || finer_node_count(settings.samples) > form.choice.most_nodes) return result;
    result.coarse = std::move(result.values);
  }
}

std::optional<PairValues> PairFunctions::evaluate_once(const PairForm& form, const ir::limit::Module& module,
                                                       LimitSettings& settings, const LoadedSet& set,
                                                       const std::string& label, double& compile_seconds) const {
  const Stopwatch watch;
  const auto model = compile_to_memory(module, settings_.code, problem_.diagnostics, settings_.code_cache.get());
  compile_seconds += watch.seconds();
  if (!model) return {};
  const ir::FunctionKey& function = module.functions.front().key;
  const LabelledWork work{problem_.monitor, label};
  return with_enough_coordinates(
      settings, [&] { return evaluate_pairs(*model->descriptor(), function, settings, form.rotations, set, work); });
}

}  // namespace tpc::evaluation
