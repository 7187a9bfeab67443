#include "passes/kernel/kernel_program.h"

#include <algorithm>

#include "ir/tp/lengths.h"
#include "passes/kernel/example_gradients.h"
#include "passes/kernel/function_space.h"
#include "passes/kernel/linear_states.h"
#include "passes/kernel/ones.h"
#include "passes/kernel/two_sided.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"

namespace tpc::passes::kernel {

using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

using Terms = std::vector<Contribution>;

class ProgramBuilder {
 public:
  ProgramBuilder(const OneOutput& network, bool copied) : copied_(copied) {
    program_.module = network.module;
    program_.by_row = network.by_row;
    program_.several = network.several;
    program_.batches = {network.batch, second_batch(program_.module, network.batch)};
    const size_t states = program_.module.states.size();
    if (copied) {
      for (size_t i = 0; i < states; ++i) copy_state(StateId(i));
    }
  }

  KernelProgram run() {
    tp::Function function = *program_.module.find(ir::FunctionRole::predict);
    function.key = ir::FunctionRole::kernel;
    const ValueId output = function.result(ir::result_name::output);
    function.results.clear();
    tp::Builder builder(program_.module, function);
    gradients_ = example_gradients(builder, output, program_.batches.batch);
    const std::vector<StateId> linear = linear_states(program_.module, function, output, gradients_);
    images_ = append_second_side(builder, program_.batches.batch, program_.batches.other, copies_);
    for (size_t i = 0; i < gradients_.size(); ++i) add_terms(builder, StateId(i), linear);
    program_.module.functions.push_back(std::move(function));
    clean_up();
    return std::move(program_);
  }

 private:
  void copy_state(StateId state) {
    if (!program_.by_row[state.index]) return;
    copies_[state] = StateId(program_.module.states.size());
    program_.module.states.push_back(program_.module.state(state));
    program_.module.states.back().name += "'";
  }

  void add_terms(tp::Builder& builder, StateId id, const std::vector<StateId>& linear) {
    if (gradients_.size() <= id.index || gradients_[id.index].empty()) return;
    if (copied_ && (id.index >= program_.by_row.size() || program_.by_row[id.index])) return;  // two outputs, two rows
    const ir::State state = program_.module.state(id);
    const bool is_linear = std::find(linear.begin(), linear.end(), id) != linear.end();
    if (state.learning_rate_factor == 0.0 && !is_linear) return;
    builder.at(state.span);
    const ValueId product = sum_of_products(builder, state.type, gradients_[id.index]);
    // Of adjoints; those by the entries are as many times smaller as there are more entries (ir/tp/lengths.h).
    const double of_gradients = 1.0 / tp::entries(state).value();
    if (state.learning_rate_factor != 0.0) {
      const ValueId factor = scaled(builder, of_gradients * state.learning_rate_factor, -state.c);
      builder.name_next("K^" + state.name);
      program_.kernel.push_back({id, builder.mul(factor, product)});
    }
    if (is_linear) {
      const ValueId variance =
          scaled(builder, of_gradients * state.init.value * state.init.value, -(state.b + state.b));
      builder.name_next("Σ^" + state.name);
      program_.covariance.push_back({id, builder.mul(variance, product)});
    }
  }

  static ValueId scaled(tp::Builder& builder, double number, const ir::Rational& exponent) {
    return builder.mul(builder.constant(number), builder.insert(tp::WidthPower{exponent}));
  }

  ValueId sum_of_products(tp::Builder& builder, const ir::Type& state, const Terms& terms) {
    ValueId sum;
    for (const Contribution& one : terms) {
      for (const Contribution& other : terms) {
        const ValueId product = inner_product(builder, state, one, on_second_side(other), program_.batches);
        sum = sum.valid() ? builder.add(sum, product) : product;
      }
    }
    return sum;
  }

  [[nodiscard]] Contribution on_second_side(Contribution term) const {
    auto image = [&](ValueId id) { return id.valid() ? images_[id.index] : id; };
    term.product = {image(term.product.left), image(term.product.right)};
    std::replace(term.space.dims.begin(), term.space.dims.end(), program_.batches.batch, program_.batches.other);
    return term;
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

  KernelProgram program_;
  bool copied_;
  std::map<StateId, StateId> copies_;
  std::vector<Terms> gradients_;
  std::vector<ValueId> images_;
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

KernelProgram kernel_program(const OneOutput& network, bool copied) { return ProgramBuilder(network, copied).run(); }

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
