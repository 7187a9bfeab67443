#include "passes/kernel/derive_kernel.h"

#include <algorithm>

#include "ir/core/visit.h"
#include "passes/kernel/frozen_network.h"
#include "passes/kernel/function_steps.h"
#include "passes/kernel/function_training.h"
#include "passes/kernel/kernel_factors.h"
#include "passes/kernel/kernel_program.h"
#include "passes/kernel/leading_products.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/ones.h"
#include "passes/kernel/two_sided.h"
#include "passes/limit/derive_function.h"
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

class KernelDerivation {
 public:
  /// `tasks`: null: the training is that of the module itself.
  KernelDerivation(const tp::Module& module, const WidthAnalysis& analysis, ir::OptimizerSettings optimizer,
                   FunctionSpaceProgram* tasks)
      : module_(module), analysis_(analysis), optimizer_(std::move(optimizer)), tasks_(tasks) {}

  std::variant<limit::Module, LimitFailure> run() {
    check_linear();
    kernel::check_loss(module_);
    const OneOutput network = kernel::one_output(module_);
    const kernel::KernelFactors factors = kernel::kernel_factors(network);
    const tp::Function& both_sides = *factors.module.find(ir::FunctionRole::kernel);
    const kernel::ChosenProducts chosen =
        kernel::leading_products(factors, kernel::trained_exponents(module_, factors.module, both_sides));
    KernelProgram program = kernel::kernel_program(factors, chosen);
    const std::vector<Exponent> exponents =
        kernel::initial_exponents(program.module, *program.module.find(ir::FunctionRole::kernel));
    if (network.several) check_outputs_independent(network);
    const std::vector<StateTerm> kept = leading_terms(program, exponents);
    const std::vector<StateTerm> covariance =
        kernel::starts_as_process(module_, analysis_) ? covariance_terms(program, exponents) : none_;
    kernel::choose_results(program, kept, covariance, parts_of(kept, program.module));
    const tp::Function& at_points = *program.module.find(ir::FunctionRole::kernel);
    kernel::check_at_rest(module_, program.module, at_points, {at_points.result(ir::result_name::kernel)},
                          "the kernel itself");
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
        "the features do not move, and the optimizer is no linear function of gradients: what tasks do to each other "
        "is then given by no kernel; `parametrization mup` lets features move",
        output().span};
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

  [[nodiscard]] const tp::Instruction& output() const { return kernel::output_of(module_); }

  /// Two outputs have kernel 0 and uncorrelated initial values, as far as they share states: that between one network
  /// and another one with independent rows must be smaller than order one.
  static void check_outputs_independent(const OneOutput& network) {
    const kernel::KernelFactors factors = kernel::kernel_factors(network, true);
    const KernelProgram pair = kernel::kernel_program(factors, kernel::leading_products(factors, {}));
    const std::vector<Exponent> exponents =
        kernel::initial_exponents(pair.module, *pair.module.find(ir::FunctionRole::kernel));
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

  static std::vector<StateTerm> covariance_terms(const KernelProgram& program, const std::vector<Exponent>& exponents) {
    std::vector<ir::StateId> linear;
    for (const StateTerm& term : program.covariance) linear.push_back(term.state);
    kernel::check_process(program.module, linear);
    std::vector<StateTerm> kept;
    for (const StateTerm& term : program.covariance) {
      if (exponents[term.value.index] > Exponent(0))
        throw NoKernel{"the initial function grows with the width", kernel::output_of(program.module).span};
      if (exponents[term.value.index] == Exponent(0)) kept.push_back(term);
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

  void add_observations(tp::Module& target, const OneOutput& network) {
    for (const tp::Function& function : module_.functions) {
      if (function.key.role != ir::FunctionRole::observe) continue;
      const tp::Function own = kernel::on_states_of(target, module_, function, "an observation in the kernel regime");
      target.functions.push_back(kernel::two_sided(target, own, network.batch));
    }
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
      states.push_back({.keeps_initial = initial, .keeps_updates = !initial, .gaussian = ir::StateId(i)});
    }
    const width::GaussianFamilies families(source);
    for (size_t i = 0; i < source.functions.size(); ++i) {
      const tp::Function& function = source.functions[i];
      std::vector<Exponent> exponents;
      if (i < initial_functions_) exponents = kernel::initial_exponents(source, function, families);
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
