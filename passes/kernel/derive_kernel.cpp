#include "passes/kernel/derive_kernel.h"

#include <algorithm>

#include "ir/core/visit.h"
#include "passes/kernel/function_steps.h"
#include "passes/kernel/function_training.h"
#include "passes/kernel/kernel_program.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/ones.h"
#include "passes/kernel/two_sided.h"
#include "passes/limit/derive_function.h"
#include "passes/width/abstract_value.h"
#include "passes/width/gaussian_families.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;
using ir::Exponent;
using ir::ValueId;
using kernel::KernelProgram;
using kernel::NoKernel;
using kernel::OneOutput;
using kernel::StateTerm;

/// By ValueId: exponents at initialisation, symmetries included.
std::vector<Exponent> initial_exponents(const tp::Module& module, const tp::Function& function,
                                        const width::GaussianFamilies& families) {
  bool power_law = true;
  const auto values = width::evaluate(module, function, width::initial_states(module), power_law, &families);
  std::vector<Exponent> exponents;
  for (size_t i = 0; i < values.size(); ++i) {
    exponents.push_back(width::exponents(module, function.body[i].type.kind, values[i]).initial);
  }
  return exponents;
}

std::vector<Exponent> initial_exponents(const tp::Module& module, const tp::Function& function) {
  return initial_exponents(module, function, width::GaussianFamilies(module));
}

class KernelDerivation {
 public:
  /// `tasks`: null: the training is that of the module itself.
  KernelDerivation(const tp::Module& module, const WidthAnalysis& analysis, ir::OptimizerSettings optimizer,
                   FunctionSpaceProgram* tasks)
      : module_(module), analysis_(analysis), optimizer_(std::move(optimizer)), tasks_(tasks) {}

  std::variant<limit::Module, LimitFailure> run() {
    check_linear();
    check_loss();
    const OneOutput network = kernel::one_output(module_);
    const kernel::KernelFactors factors = kernel::kernel_factors(network);
    const kernel::ChosenProducts chosen = kernel::leading_products(factors, trained_exponents(factors.module));
    KernelProgram program = kernel::kernel_program(factors, chosen);
    const std::vector<Exponent> exponents =
        initial_exponents(program.module, *program.module.find(ir::FunctionRole::kernel));
    if (network.several) check_outputs_independent(network);
    const std::vector<StateTerm> kept = leading_terms(program, exponents);
    const std::vector<StateTerm> covariance = starts_as_process() ? covariance_terms(program, exponents) : none_;
    kernel::choose_results(program, kept, covariance, parts_of(kept, program.module));
    check_constant(program);
    check_optimizer(network.module);

    tp::Module& target = program.module;
    std::erase_if(target.functions,
                  [](const tp::Function& function) { return function.key == ir::FunctionRole::predict; });
    add_observations(target, network);
    initial_functions_ = target.functions.size();
    initial_states_ = target.states.size();
    add_training(target, network.batch);
    return derive(target, program.batches);
  }

 private:
  void check_linear() const {
    if (std::holds_alternative<ir::SgdSettings>(optimizer_)) return;
    throw NoKernel{
        "the features do not move, and the optimizer is no linear function of gradients: training is then "
        "that of no kernel (Yang and Littwin 2023: the operator regime), which is not evaluated; "
        "`parametrization mup` lets features move",
        output().span};
  }

  /// Gradient descent on the weights is one on f only where the loss sees nothing of the weights but f.
  void check_loss() const {
    const tp::Function* loss = module_.find(ir::FunctionRole::loss);
    if (loss == nullptr || module_.find(ir::FunctionRole::criterion) != nullptr) return;
    throw NoKernel{
        "the loss depends on the weights not only through the output of the network: in the kernel regime a penalty or "
        "a "
        "second network has no kernel of its own",
        loss->at(loss->result(ir::result_name::loss)).span};
  }

  // ---- the kernel's terms ----

  std::vector<StateTerm> leading_terms(const KernelProgram& program, const std::vector<Exponent>& exponents) {
    std::vector<StateTerm> kept;
    for (const StateTerm& term : program.kernel) {
      const ir::State& state = program.module.state(term.state);
      const Exponent exponent = exponents[term.value.index];
      if (exponent > Exponent(0)) {
        throw NoKernel{"the kernel of `" + state.name + "` grows like n^(" + exponent.str() + ")", state.span};
      }
      if (exponent == Exponent(0)) {
        kept.push_back(term);
      } else if (exponent.finite()) {
        vanishing_.push_back({"kernel of " + state.name, exponent, state.span});
      }
    }
    if (kept.empty()) throw NoKernel{"no weight has a kernel of order one", output().span};
    return kept;
  }

  /// What moves within tasks where that is not all that learns.
  [[nodiscard]] std::vector<std::vector<StateTerm>> parts_of(const std::vector<StateTerm>& kept,
                                                             const tp::Module& program) const {
    std::vector<std::vector<StateTerm>> parts;
    for (size_t i = 1; tasks_ != nullptr && i < tasks_->space.kernels.size(); ++i) {
      const std::vector<std::string>& names = tasks_->space.kernels[i];
      std::vector<StateTerm>& part = parts.emplace_back();
      std::ranges::copy_if(kept, std::back_inserter(part), [&](const StateTerm& term) {
        return std::ranges::find(names, program.state(term.state).name) != names.end();
      });
      if (part.empty()) throw NoKernel{"no weight that adapts has a kernel of order one", output().span};
    }
    return parts;
  }

  /// The training program with the function `kernel` of a module of its network. Growth is a matter of kinds, so the
  /// states of the whole program serve the one output.
  [[nodiscard]] tp::Module trained_with_kernel(const tp::Module& network) const {
    tp::Module whole = module_;
    tp::Function function = *network.find(ir::FunctionRole::kernel);
    for (tp::Instruction& instruction : function.body) {
      if (auto* read = std::get_if<ir::Read>(&instruction.op)) {
        read->state = state_named(module_, network.state(read->state).name);
      }
    }
    whole.functions = {*module_.find(ir::FunctionRole::predict), *module_.find(ir::FunctionRole::step),
                       std::move(function)};
    return whole;
  }

  /// By ValueId of the function `kernel`.
  [[nodiscard]] std::vector<ValueExponents> trained_exponents(const tp::Module& network) const {
    return analyze_function(trained_with_kernel(network), ir::FunctionRole::kernel);
  }

  /// Training must not move the kernel itself: the classification knows of hidden vectors, this of numbers too (a
  /// trained factor of the output, say).
  void check_constant(const KernelProgram& program) const {
    const tp::Module whole = trained_with_kernel(program.module);
    const tp::Function& function = *whole.find(ir::FunctionRole::kernel);
    const std::vector<ValueExponents> values = analyze_function(whole, ir::FunctionRole::kernel);
    if (values[function.result(ir::result_name::kernel).index].change < Exponent(0)) return;
    ValueId mover;  // the first number that moves, a state if there is one
    for (size_t i = function.body.size(); i-- > 0;) {
      const tp::Instruction& instruction = function.body[i];
      const bool is_state = std::holds_alternative<ir::Read>(instruction.op);
      const bool better = !mover.valid() || is_state || !std::holds_alternative<ir::Read>(function.at(mover).op);
      if (instruction.type.kind == ir::Kind::scalar && values[i].change >= Exponent(0) && better) mover = ValueId(i);
    }
    if (!mover.valid()) throw NoKernel{"training moves the kernel itself, not only the output", function.span};
    throw NoKernel{"training moves the kernel itself, not only the output: no hidden vector moves, but " +
                       described(whole, function.at(mover)) + " does, by order one",
                   function.at(mover).span};
  }

  static std::string described(const tp::Module& module, const tp::Instruction& instruction) {
    const auto* read = std::get_if<ir::Read>(&instruction.op);
    if (read != nullptr) return "`" + module.state(read->state).name + "`";
    return instruction.name.empty() ? "a number" : "`" + instruction.name + "`";
  }

  static ir::StateId state_named(const tp::Module& module, const std::string& name) {
    auto found = std::find_if(module.states.begin(), module.states.end(),
                              [&](const ir::State& state) { return state.name == name; });
    TPC_CHECK(found != module.states.end(), "no state " + name);
    return ir::StateId(static_cast<size_t>(found - module.states.begin()));
  }

  [[nodiscard]] const tp::Instruction& output() const {
    const tp::Function& predict = *module_.find(ir::FunctionRole::predict);
    return predict.at(predict.result(ir::result_name::output));
  }

  /// Two outputs have kernel 0 and uncorrelated initial values, as far as they share states: that between one network
  /// and another one with independent rows must be smaller than order one.
  static void check_outputs_independent(const OneOutput& network) {
    const kernel::KernelFactors factors = kernel::kernel_factors(network, true);
    const KernelProgram pair = kernel::kernel_program(factors, kernel::leading_products(factors, {}));
    const std::vector<Exponent> exponents = initial_exponents(pair.module, *pair.module.find(ir::FunctionRole::kernel));
    for (const auto* terms : {&pair.kernel, &pair.covariance}) {
      for (const StateTerm& term : *terms) {
        if (exponents[term.value.index] < Exponent(0)) continue;
        const ir::State& state = pair.module.state(term.state);
        throw NoKernel{"the outputs are not independent: they share `" + state.name +
                           "`, and the kernel of two outputs " + "through it does not vanish",
                       state.span};
      }
    }
  }

  // ---- the initial function ----

  [[nodiscard]] bool starts_as_process() const {
    return analysis_.predict[module_.find(ir::FunctionRole::predict)->result(ir::result_name::output).index].initial ==
           Exponent(0);
  }

  /// f_0 is a Gaussian process if it is affine in some Gaussian states and what does not contain them vanishes.
  std::vector<StateTerm> covariance_terms(const KernelProgram& program, const std::vector<Exponent>& exponents) const {
    tp::Module without = program.module;
    for (const StateTerm& term : program.covariance) without.states[term.state.index].init = {};
    const tp::Function& predict = *without.find(ir::FunctionRole::predict);
    const Exponent rest = initial_exponents(without, predict)[predict.result(ir::result_name::output).index];
    std::vector<StateTerm> kept;
    for (const StateTerm& term : program.covariance) {
      if (exponents[term.value.index] > Exponent(0))
        throw NoKernel{"the initial function grows with the width", output().span};
      if (exponents[term.value.index] == Exponent(0)) kept.push_back(term);
    }
    if (kept.empty() || rest >= Exponent(0)) {
      throw NoKernel{
          "the initial function is of order one but no Gaussian process: that needs an output that is linear in its "
          "last "
          "weights (a readout `V @ z`) and nothing else of order one",
          output().span};
    }
    return kept;
  }

  // ---- the rest of the program ----

  /// The rule that moves the weights is the rule that moves f, as far as that is a function of the outputs.
  void check_optimizer(const tp::Module& network) { check_rule(std::get<ir::SgdSettings>(optimizer_), network); }
  void check_rule(ir::SgdSettings& sgd, const tp::Module& network) {
    if (sgd.clip && tasks_ == nullptr) {
      throw NoKernel{
          "gradient clipping in the kernel regime: the norm of the weights' gradients is no function of the outputs",
          output().span};
    }
    if (sgd.weight_decay == 0.0) return;
    for (const ir::State& state : network.states) {  // decay moves w by n^{-c} w
      if (state.c > ir::Rational(0)) continue;
      throw NoKernel{"weight decay in the kernel regime: it shrinks `" + state.name +
                         "` itself, so the kernel changes while " + "training (with c > 0 the decay would vanish)",
                     state.span};
    }
    sgd.weight_decay = 0.0;
    vanishing_.push_back({"weight decay", -smallest_c(network), output().span});
  }

  static ir::Rational smallest_c(const tp::Module& network) {
    return std::min_element(network.states.begin(), network.states.end(),
                            [](const ir::State& a, const ir::State& b) { return a.c < b.c; })
        ->c;
  }

  /// On f at all points, or at those that tasks bring.
  void add_training(tp::Module& target, ir::DimId batch) {
    if (tasks_ == nullptr) return kernel::add_training(module_, optimizer_, batch, target);
    kernel::add_function_steps(*tasks_, std::get<ir::SgdSettings>(optimizer_));
    kernel::import_functions(tasks_->functions, target);
  }

  /// Observations read the states of the whole module; the target has only those of the network, under other numbers.
  void add_observations(tp::Module& target, const OneOutput& network) {
    for (const tp::Function& function : module_.functions) {
      if (function.key.role != ir::FunctionRole::observe) continue;
      tp::Function copy = function;
      for (tp::Instruction& instruction : copy.body) rename_state(instruction, target);
      target.functions.push_back(kernel::two_sided(target, copy, network.batch));
    }
  }

  void rename_state(tp::Instruction& instruction, const tp::Module& target) const {
    auto* read = std::get_if<ir::Read>(&instruction.op);
    if (read == nullptr) return;
    const ir::State& state = module_.state(read->state);
    auto found = std::find_if(target.states.begin(), target.states.end(),
                              [&](const ir::State& each) { return each.name == state.name; });
    const bool same = found != target.states.end() && found->type == state.type;
    if (!same)
      throw NoKernel{"an observation in the kernel regime that contains `" + state.name + "`", instruction.span};
    read->state = ir::StateId(static_cast<size_t>(found - target.states.begin()));
  }

  // ---- the limit ----

  std::variant<limit::Module, LimitFailure> derive(const tp::Module& source, const kernel::BatchPair& batches) {
    limit::Module target;
    target.name = source.name;
    target.width = source.width;
    target.dims = source.dims;
    target.vanishing = vanishing_;
    std::vector<StateLimit> states;
    for (size_t i = 0; i < source.states.size(); ++i) {
      const bool initial = i < initial_states_;
      target.states.push_back(initial ? normalised(source.states[i]) : source.states[i]);
      states.push_back({.keeps_initial = initial, .keeps_updates = !initial, .gaussian = ir::StateId(i), .share = {}});
    }
    const width::GaussianFamilies families(source);
    for (size_t i = 0; i < source.functions.size(); ++i) {
      const tp::Function& function = source.functions[i];
      std::vector<Exponent> exponents;
      if (i < initial_functions_) exponents = initial_exponents(source, function, families);
      const auto* given = i < initial_functions_ ? &exponents : nullptr;
      if (auto failure = derive_function(source, function, states, target, given)) return *failure;
      if (i < initial_functions_) complete_results(function, batches, target);
    }
    return target;
  }

  /// A state at its initial law: w = n^{-b} Z; zero if it starts at zero.
  static ir::State normalised(ir::State state) {
    const bool zero = state.init.kind == ir::InitKind::zero || state.init.value == 0.0;
    state.scale = zero ? Exponent() : Exponent(-state.b);
    return state;
  }

  /// Results over both batches in this order, also where the limit is the same number for
  /// every input.
  static void complete_results(const tp::Function& function, const kernel::BatchPair& batches, limit::Module& target) {
    limit::Function& derived = target.functions.back();
    limit::Builder builder(target, derived);
    const std::vector<ir::DimId> wanted{batches.batch, batches.other};
    for (ir::Result& result : derived.results) {
      if (builder.type(result.value).dims == wanted) continue;
      result.value = builder.mul(kernel::ones(builder, function, batches), result.value);
    }
  }

  const tp::Module& module_;
  const WidthAnalysis& analysis_;
  ir::OptimizerSettings optimizer_;
  FunctionSpaceProgram* tasks_;
  std::vector<ir::VanishingTerm> vanishing_;
  const std::vector<StateTerm> none_;
  size_t initial_functions_ = 0;  ///< of the target's functions and states, those at initialisation stand first
  size_t initial_states_ = 0;
};

std::variant<limit::Module, LimitFailure> derived(const tp::Module& module, const WidthAnalysis& analysis,
                                                  const ir::OptimizerSettings& optimizer, FunctionSpaceProgram* tasks) {
  try {
    return KernelDerivation(module, analysis, optimizer, tasks).run();
  } catch (const NoKernel& failure) {
    return LimitFailure{failure.message, failure.span};
  }
}

}  // namespace

std::variant<limit::Module, LimitFailure> derive_kernel(const tp::Module& module, const WidthAnalysis& analysis,
                                                        const ir::OptimizerSettings& optimizer) {
  return derived(module, analysis, optimizer, nullptr);
}

std::variant<limit::Module, LimitFailure> derive_task_kernel(const tp::Module& network, const WidthAnalysis& analysis,
                                                             const ir::OptimizerSettings& optimizer,
                                                             FunctionSpaceProgram& tasks) {
  return derived(network, analysis, optimizer, &tasks);
}

}  // namespace tpc::passes
