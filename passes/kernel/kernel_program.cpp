#include "passes/kernel/kernel_program.h"

#include <utility>

#include "ir/tp/lengths.h"
#include "passes/kernel/function_space.h"
#include "passes/kernel/ones.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"

namespace tpc::passes::kernel {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

class ProgramBuilder {
 public:
  explicit ProgramBuilder(KernelFactors factors)
      : gradients_(std::move(factors.gradients)), program_{std::move(factors.module), factors.batches, {}, {}} {}

  KernelProgram run(const ChosenProducts& chosen) {
    tp::Builder builder(program_.module, *program_.module.find(ir::FunctionRole::kernel));
    for (size_t i = 0; i < gradients_.size(); ++i) add_terms(builder, gradients_[i], chosen[i]);
    clean_up();
    return std::move(program_);
  }

 private:
  void add_terms(tp::Builder& builder, const StateGradient& gradient, const std::vector<std::vector<size_t>>& chosen) {
    const ir::State state = program_.module.state(gradient.state);
    builder.at(state.span);
    const ValueId product = sum_of_products(builder, state.type, gradient.contributions, chosen);
    if (!product.valid()) return;
    // Of adjoints; those by the entries are as many times smaller as there are more entries (ir/tp/lengths.h).
    const double of_gradients = 1.0 / tp::entries(state).value();
    if (state.learning_rate_factor != 0.0) {
      const ValueId factor = scaled(builder, of_gradients * state.learning_rate_factor, -state.c);
      builder.name_next("K^" + state.name);
      program_.kernel.push_back({gradient.state, builder.mul(factor, product)});
    }
    if (gradient.is_linear) {
      const ValueId variance =
          scaled(builder, of_gradients * state.init.value * state.init.value, -(state.b + state.b));
      builder.name_next("Σ^" + state.name);
      program_.covariance.push_back({gradient.state, builder.mul(variance, product)});
    }
  }

  static ValueId scaled(tp::Builder& builder, double number, const ir::Rational& exponent) {
    return builder.mul(builder.constant(number), builder.insert(tp::WidthPower{exponent}));
  }

  ValueId sum_of_products(tp::Builder& builder, const ir::Type& state, const std::vector<TwoSided>& terms,
                          const std::vector<std::vector<size_t>>& chosen) {
    ValueId sum;
    for (size_t i = 0; i < terms.size(); ++i) {
      for (const size_t j : chosen[i]) {
        const ValueId product = inner_product(builder, state, terms[i].one, terms[j].other, program_.batches);
        sum = sum.valid() ? builder.add(sum, product) : product;
      }
    }
    return sum;
  }

  /// Simplifies; results keep the terms alive and find them again.
  void clean_up() {
    tp::Function& function = *program_.module.find(ir::FunctionRole::kernel);
    std::vector<StateTerm*> terms;
    for (StateTerm& term : program_.kernel) terms.push_back(&term);
    for (StateTerm& term : program_.covariance) terms.push_back(&term);
    for (size_t i = 0; i < terms.size(); ++i) function.results.push_back({std::to_string(i), terms[i]->value});
    eliminate_common_subexpressions(program_.module);
    simplify(program_.module);
    eliminate_common_subexpressions(program_.module);
    eliminate_dead_code(program_.module);
    for (size_t i = 0; i < terms.size(); ++i) terms[i]->value = function.results[i].value;
    function.results.clear();
  }

  std::vector<StateGradient> gradients_;
  KernelProgram program_;
};

/// The sum with exactly the dimensions [B, B'].
ValueId total(tp::Builder& builder, const std::vector<StateTerm>& terms, const BatchPair& batches) {
  ValueId sum = terms.front().value;
  for (size_t i = 1; i < terms.size(); ++i) sum = builder.add(sum, terms[i].value);
  const std::vector<ir::DimId> wanted{batches.batch, batches.other};
  if (builder.type(sum).dims == wanted) return sum;
  const tp::Function inputs = builder.function();
  return builder.mul(ones(builder, inputs, batches), sum);
}

}  // namespace

KernelProgram kernel_program(KernelFactors factors, const ChosenProducts& chosen) {
  return ProgramBuilder(std::move(factors)).run(chosen);
}

void choose_results(KernelProgram& program, const std::vector<StateTerm>& kernel,
                    const std::vector<StateTerm>& covariance, const std::vector<std::vector<StateTerm>>& parts) {
  tp::Function& function = *program.module.find(ir::FunctionRole::kernel);
  tp::Builder builder(program.module, function);
  auto add = [&](const std::string& name, const std::string& symbol, const std::vector<StateTerm>& terms) {
    if (terms.empty()) return;
    const ValueId sum = total(builder, terms, program.batches);
    function.body[sum.index].name = symbol;
    function.results.push_back({name, sum});
  };
  function.results.clear();
  add(ir::result_name::kernel, "K", kernel);
  for (size_t i = 0; i < parts.size(); ++i) add(kernel_result(i + 1), "K" + std::to_string(i + 2), parts[i]);
  add(ir::result_name::nngp, "Σ", covariance);
  eliminate_common_subexpressions(program.module);
  simplify(program.module);
  eliminate_dead_code(program.module);
}

}  // namespace tpc::passes::kernel
