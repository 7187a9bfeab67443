#include "evaluation/kernel/kernel_method.h"

#include <algorithm>

#include "base/stopwatch.h"
#include "evaluation/compiled/coordinates.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/compiled/node_counts.h"
#include "ir/limit/random.h"
#include "passes/gaussian/quadrature.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"

namespace tpc::evaluation {
namespace {

/// Points a side of a block when random variables are sampled: enough to share the sampled directions, few enough for
/// memory.
constexpr int64_t sampled_block = 32;
constexpr double keep_every_direction = 1e-9;
bool asks_for_sampling(const MethodRequest& request) {
  return request.method == Method::qmc || request.method == Method::mc;
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
  choice.why = nodes > 0 ? "the expectations are sums over Gauss-Hermite nodes in the covariances"
                         : "every expectation has a closed form in the covariances";
  return choice;
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
    const int64_t used = request.method == Method::quadrature ? request.samples.value_or(nodes) : nodes;
    form.module = passes::with_quadrature_nodes(std::move(form.module), used);
    form.choice = closed_form(request, used);
    return form;
  }
  form.sampled = true;
  form.module = passes::pair_function(program_.random_limit, function);
  form.rotations = rotations_for(form.module, program_.finite_width, problem_.sets);
  MethodRequest used = request;
  const bool kernel = function == ir::FunctionRole::kernel;
  if (!kernel && !asks_for_sampling(request)) used.method = Method::automatic;  // the method is one for the kernel
  // Every vector is met once: nothing moves slowly, so that small residuals would matter little.
  if (!used.tolerance) used.tolerance = keep_every_direction;
  form.choice = choose_method(form.module, form.rotations, pair_work(points), used, problem_.diagnostics);
  if (form.choice.settings.method == TP_METHOD_EXACT) {
    passes::homogenize(form.module);
    form.rotations.clear();  // any orthonormal basis is as good
  }
  return form;
}

std::optional<PairResult> PairFunctions::evaluate(PairForm& form, const LoadedSet& set,
                                                  const std::string& label) const {
  LimitSettings& settings = form.choice.settings;
  PairResult result;
  auto values = evaluate_once(form, form.module, settings, set, label, result.compile_seconds);
  if (!values) return {};
  result.values = std::move(*values);
  if (form.sampled) settings.replicas = static_cast<int64_t>(result.values.begin()->second.replicas);
  const int64_t nodes = coarser_node_count(settings.samples);
  if (settings.method != TP_METHOD_QUADRATURE || nodes < 1) return result;
  LimitSettings coarse = settings;
  coarse.samples = nodes;
  const ir::limit::Module module = form.sampled ? form.module : passes::with_quadrature_nodes(form.module, nodes);
  result.coarse = evaluate_once(form, module, coarse, set, label, result.compile_seconds);
  return result;
}

std::optional<PairValues> PairFunctions::evaluate_once(const PairForm& form, const ir::limit::Module& module,
                                                       LimitSettings& settings, const LoadedSet& set,
                                                       const std::string& label, double& compile_seconds) const {
  const Stopwatch watch;
  const auto model = compile_to_memory(module, settings_.code, problem_.diagnostics);
  compile_seconds += watch.seconds();
  if (!model) return {};
  const ir::FunctionKey& function = module.functions.front().key;
  const LabelledWork work{problem_.monitor, label};
  return with_enough_coordinates(
      settings, [&] { return evaluate_pairs(*model->descriptor(), function, settings, form.rotations, set, work); });
}

}  // namespace tpc::evaluation
