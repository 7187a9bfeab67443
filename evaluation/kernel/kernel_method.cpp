#include "evaluation/kernel/kernel_method.h"

#include <algorithm>

#include "base/diag/check.h"
#include "base/stopwatch.h"
#include "evaluation/compiled/machine_code.h"
#include "passes/kernel/kernel_functions.h"
#include "passes/limit/derive_limit.h"

namespace tpc::driver {
namespace {

/// Points a side of a block when random variables are sampled: enough to share the sampled directions, few enough for
/// memory.
constexpr int64_t sampled_block = 32;
/// The error of quadrature is the change against about three quarters of the nodes, odd where `nodes` is even and the
/// other way round: of a steep function, rules with and without a node at 0 err in opposite directions.
constexpr int64_t fewer_nodes(int64_t nodes) {
  const int64_t fewer = nodes * 3 / 4;
  return fewer > 1 && (nodes - fewer) % 2 == 0 ? fewer - 1 : fewer;
}

bool asks_for_sampling(const Options& options) { return options.method == Method::qmc || options.method == Method::mc; }

/// Whether the closed form is what the command line asks for.
bool wanted(const Options& options, int64_t nodes) {
  switch (options.method) {
    case Method::automatic: return true;
    case Method::exact: return nodes == 0;
    case Method::quadrature: return nodes > 0;
    case Method::qmc:
    case Method::mc: break;
  }
  return false;
}

MethodChoice closed_form(const Options& options, int64_t nodes) {
  MethodChoice choice;
  choice.settings.method = nodes > 0 ? TP_METHOD_QUADRATURE : TP_METHOD_EXACT;
  choice.settings.samples = nodes;
  choice.settings.replicas = 1;
  choice.settings.seed = options.seed;
  choice.settings.threads = options.threads;
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

/// One evaluation of one version of the module.
class PairEvaluation {
 public:
  PairEvaluation(Session& session, const PairForm& form, const LoadedSet& set, const Options& options,
                 const std::string& label)
      : session_(session), form_(form), set_(set), options_(options), label_(label) {}

  std::optional<PairValues> run(const ir::limit::Module& module, LimitSettings& settings,
                                double& compile_seconds) const {
    const Stopwatch watch;
    const auto model = compile_to_memory(module, options_, session_.compilation->diagnostics);
    compile_seconds += watch.seconds();
    if (!model) return {};
    const std::string& function = module.functions.front().name;
    if (!form_.sampled) {
      LimitSettings numbers = settings;  // no random variables: the smallest sample space will do
      numbers.method = TP_METHOD_MC;
      numbers.samples = 64;
      return evaluate_pairs(*model->descriptor(), function, numbers, {}, set_, label_);
    }
    for (;; settings.samples *= 2) {
      try {
        return evaluate_pairs(*model->descriptor(), function, settings, form_.rotations, set_, label_);
      } catch (const EvaluationFailure& failure) {
        const bool more = settings.method == TP_METHOD_EXACT && failure.kind == EvaluationFailure::Kind::capacity &&
                          2 * settings.samples <= most_coordinates;
        if (!more) throw;
      }
    }
  }

 private:
  Session& session_;
  const PairForm& form_;
  const LoadedSet& set_;
  const Options& options_;
  const std::string& label_;
};

}  // namespace

PairForm choose_pair_form(Session& session, const std::string& function, int64_t points, const Options& options) {
  const Compilation& compilation = *session.compilation;
  PairForm form;
  form.module = pair_function(*compilation.limit, function);
  const int64_t nodes = quadrature_nodes(form.module);
  if (!has_random_variables(form.module) && wanted(options, nodes)) {
    const int64_t used = options.method == Method::quadrature ? options.samples.value_or(nodes) : nodes;
    form.module = with_quadrature_nodes(std::move(form.module), used);
    form.choice = closed_form(options, used);
    return form;
  }
  form.sampled = true;
  form.module = pair_function(*compilation.random_limit, function);
  form.rotations = principal_rotations(*compilation.finite_width, session.sets);
  std::erase_if(form.rotations, [&](const InputRotation& rotation) {
    return std::none_of(form.module.states.begin(), form.module.states.end(),
                        [&](const ir::State& state) { return state.name == rotation.state; });
  });
  Options used = options;
  const bool kernel = function == "kernel";
  if (!kernel && !asks_for_sampling(options)) used.method = Method::automatic;  // the method is one for the kernel
  form.choice = choose_method(form.module, form.rotations, pair_work(points), used, session.compilation->diagnostics);
  if (form.choice.settings.method == TP_METHOD_EXACT) {
    passes::homogenize(form.module);
    form.rotations.clear();  // any orthonormal basis is as good
  }
  return form;
}

std::optional<PairResult> evaluate_form(Session& session, PairForm& form, const LoadedSet& set, const Options& options,
                                        const std::string& label) {
  LimitSettings& settings = form.choice.settings;
  const PairEvaluation evaluation(session, form, set, options, label);
  PairResult result;
  auto values = evaluation.run(form.module, settings, result.compile_seconds);
  if (!values) return {};
  result.values = std::move(*values);
  if (form.sampled) settings.replicas = static_cast<int64_t>(result.values.begin()->second.replicas);
  const int64_t nodes = fewer_nodes(settings.samples);
  if (settings.method != TP_METHOD_QUADRATURE || nodes < 1) return result;
  LimitSettings coarse = settings;
  coarse.samples = nodes;
  result.coarse = evaluation.run(form.sampled ? form.module : with_quadrature_nodes(form.module, nodes), coarse,
                                 result.compile_seconds);
  return result;
}

}  // namespace tpc::driver
