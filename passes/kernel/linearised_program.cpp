#include "passes/kernel/linearised_program.h"

#include <algorithm>
#include <utility>

#include "passes/autodiff/autodiff.h"
#include "passes/autodiff/output_gradient.h"
#include "passes/kernel/example_gradients.h"
#include "passes/kernel/frozen_network.h"
#include "passes/kernel/linear_states.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/one_output.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "passes/update/update.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::Kind;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

using Dims = std::vector<DimId>;

/// The states that `predict` reads, and `predict` with all its outputs; a single one without its axis.
tp::Module network_of(const tp::Module& source, const OneOutput& network) {
  tp::Module own = network.module;
  if (!network.several) return own;
  for (ir::State& state : own.states) state = *std::ranges::find(source.states, state.name, &ir::State::name);
  own.functions = {on_states_of(own, source, *source.find(ir::FunctionRole::predict), "a network")};
  return own;
}

/// <gradient, change>: the inner product of a gradient, given as unsummed products, and a value of the state's type,
/// for every index of the output.
class Pairing {
 public:
  Pairing(tp::Builder& builder, Dims kept) : builder_(builder), kept_(std::move(kept)) {}

  /// Of a change that is a matrix M: l . M r; else the numbers among the factors are first summed with the change,
  /// which then is of one size less: (Δ U x) . dh.
  ValueId with_change(const Contribution& term, ValueId change) {
    auto [left, right] = term.product;
    if (builder_.type(change).kind == Kind::matrix) {
      const ValueId image = builder_.insert(tp::Matmul{change, right, false});
      return repeated(term, change, summed(left, image));
    }
    if (right.valid() && !is_vector(left)) std::swap(left, right);
    if (right.valid() && is_vector(right)) return whole(term, change);
    ValueId image = change;
    if (right.valid()) {
      const Dims all = ir::union_dims(dims(change), dims(right));
      const Dims over = ir::without_dims(ir::without_dims(all, kept_), dims(left));
      image = over.empty() ? builder_.mul(change, right) : builder_.contract(change, right, over);
    }
    return repeated(term, change, summed(image, left));
  }

  /// Of noise, which only stands in averages.
  ValueId whole(const Contribution& term, ValueId noise) {
    const auto& [left, right] = term.product;
    return repeated(term, noise, summed(noise, right.valid() ? builder_.mul(left, right) : left));
  }

 private:
  [[nodiscard]] bool is_vector(ValueId id) const { return builder_.type(id).kind == Kind::vector; }
  [[nodiscard]] const Dims& dims(ValueId id) const { return builder_.type(id).dims; }

  /// sum over the width and all indices but those of the output.
  ValueId summed(ValueId one, ValueId other) {
    const Dims over = ir::without_dims(ir::union_dims(dims(one), dims(other)), kept_);
    if (!is_vector(one)) std::swap(one, other);
    if (is_vector(one) && is_vector(other)) return builder_.insert(tp::Moment{one, other, over});
    if (is_vector(one)) return summed(builder_.insert(tp::Moment{one, {}, {}}), other);
    return over.empty() ? builder_.mul(one, other) : builder_.contract(one, other, over);
  }

  /// Indices that no factor has count equal terms.
  ValueId repeated(const Contribution& term, ValueId change, ValueId sum) {
    Dims present = ir::union_dims(kept_, dims(change));
    for (ValueId factor : {term.product.left, term.product.right}) {
      if (factor.valid()) present = ir::union_dims(present, dims(factor));
    }
    for (DimId dim : ir::without_dims(term.space.dims, present)) {
      sum = builder_.mul(builder_.insert(ir::DimSize{dim}), sum);
    }
    return sum;
  }

  tp::Builder& builder_;
  Dims kept_;
};

class Linearisation {
 public:
  Linearisation(const tp::Module& source, const Linearised& wanted, const ir::OptimizerSettings& optimizer)
      : source_(source), wanted_(wanted), optimizer_(optimizer), network_(one_output(source)) {}

  tp::Module run() {
    target_ = network_of(source_, network_);
    const tp::Module frozen = target_;
    add_predict(frozen);
    add_loss();
    for (const tp::Function& function : source_.functions) {
      if (function.key.role != ir::FunctionRole::observe) continue;
      // Of features: what contains a readout has the states of one output here, under the same numbers.
      target_.functions.push_back(
          on_states_of(network_.module, source_, function, "an observation in the kernel regime"));
    }
    clean_up();
    add_gradient(target_, changes_);
    add_training_step(target_, optimizer_);
    clean_up();
    return std::move(target_);
  }

 private:
  void add_predict(const tp::Module& frozen) {
    tp::Function function = std::exchange(target_.functions, {}).front();
    tp::Builder builder(target_, function);
    const ValueId output = function.result(ir::result_name::output);
    const std::string name = function.at(output).name;
    gradients_ = example_gradients(builder, output);
    std::vector<StateId> linear;
    if (wanted_.starts_random) {
      linear = linear_states(frozen, function, output, gradients_);
      check_process(frozen, linear);
    }
    check_gradients_rest(frozen, function);
    Pairing pairing(builder, builder.type(output).dims);
    ValueId f = initial_function(builder, linear, pairing);
    for (size_t i = 0; i < frozen.states.size(); ++i) {
      if (!moves(frozen.states[i]) && !wanted_.trains_others) continue;
      const ValueId part = part_of(builder, StateId(i), pairing);
      if (part.valid()) f = f.valid() ? builder.add(f, part) : part;
    }
    if (!f.valid()) throw NoKernel{"no weight moves the output", output_of(source_).span};
    builder.at(output_of(source_).span);
    f = with_output_axis(builder, f);
    function.body[f.index].name = name.empty() ? "f" : name;
    function.results = {{ir::result_name::output, f}};
    target_.functions.push_back(std::move(function));
  }

  [[nodiscard]] bool moves(const ir::State& state) const {
    const auto found = std::ranges::find(source_.states, state.name, &ir::State::name);
    return wanted_.moving[static_cast<size_t>(found - source_.states.begin())];
  }

  /// The factors of the gradients of what moves must stay.
  void check_gradients_rest(const tp::Module& frozen, const tp::Function& function) const {
    std::vector<ValueId> factors;
    for (size_t i = 0; i < gradients_.size(); ++i) {
      if (!moves(frozen.states[i])) continue;
      for (const Contribution& term : gradients_[i]) {
        for (ValueId factor : {term.product.left, term.product.right}) {
          if (factor.valid() && depends_on_states(function, factor)) factors.push_back(factor);
        }
      }
    }
    check_at_rest(source_, frozen, function, factors, "the gradient of the output");
  }

  /// Numbers and data never move.
  static bool depends_on_states(const tp::Function& function, ValueId value) {
    std::vector<bool> reads(value.index + size_t{1});
    for (size_t i = 0; i < reads.size(); ++i) {
      reads[i] = std::holds_alternative<ir::Read>(function.body[i].op);
      ir::for_each_operand(function.body[i].op,
                           [&](const ValueId& operand) { reads[i] = reads[i] || reads[operand.index]; });
    }
    return reads[value.index];
  }

  /// f_0 = sum_V <grad_V f_0, V> over the linear states V, of independent copies: V itself has met the features, f_0 is
  /// independent of them (the Master Theorem's averages see no single random number).
  ValueId initial_function(tp::Builder& builder, const std::vector<StateId>& linear, Pairing& pairing) {
    ValueId sum;
    for (StateId id : linear) {
      ir::State noise = target_.state(id);
      builder.at(noise.span);
      noise.name = "noise " + noise.name;
      noise.init.kind = ir::InitKind::noise;
      noise.d.reset();
      const ValueId read = builder.read(add_state(std::move(noise)));
      for (const Contribution& term : gradients_[id.index]) {
        const ValueId part = pairing.whole(term, read);
        sum = sum.valid() ? builder.add(sum, part) : part;
      }
    }
    return sum;
  }

  ValueId part_of(tp::Builder& builder, StateId id, Pairing& pairing) {
    ir::State change = target_.state(id);
    if (gradients_[id.index].empty() || change.learning_rate_factor == 0.0) return {};
    builder.at(change.span);
    change.name = "Δ " + change.name;
    change.init = {};
    changes_.push_back(add_state(std::move(change)));
    const ValueId read = builder.read(changes_.back());
    ValueId sum;
    for (const Contribution& term : gradients_[id.index]) {
      const ValueId part = pairing.with_change(term, read);
      sum = sum.valid() ? builder.add(sum, part) : part;
    }
    return sum;
  }

  StateId add_state(ir::State state) {
    while (std::ranges::find(target_.states, state.name, &ir::State::name) != target_.states.end()) state.name += "'";
    target_.states.push_back(std::move(state));
    return StateId(target_.states.size() - 1);
  }

  /// The axis of a single output, which the network went without: times (1).
  ValueId with_output_axis(tp::Builder& builder, ValueId f) {
    if (network_.several) return f;
    const DimId axis = ir::without_dims(output_of(source_).type.dims, {network_.batch}).front();
    return builder.mul(f, builder.insert(ir::OneHot{builder.constant(0), axis}));
  }

  /// The mean loss, and the criterion that gradients begin with.
  void add_loss() {
    if (source_.find(ir::FunctionRole::criterion) == nullptr) throw NoKernel{"there is no function `criterion`", {}};
    tp::Function criterion = *source_.find(ir::FunctionRole::criterion);
    tp::Function loss = target_.functions.front();
    const ValueId output = loss.result(ir::result_name::output);
    if (const std::string fault = criterion_fault(criterion, loss.type(output).dims); !fault.empty()) {
      throw NoKernel{fault, criterion.span};
    }
    loss.key = ir::FunctionRole::loss;
    tp::Builder builder(target_, loss);
    const OutputGradient at_output = insert_criterion(builder, criterion, output);
    loss.results = {{ir::result_name::loss, at_output.loss}};
    target_.functions.push_back(std::move(loss));
    target_.functions.push_back(std::move(criterion));
  }

  void clean_up() {
    eliminate_common_subexpressions(target_);
    simplify(target_);
    eliminate_common_subexpressions(target_);
    eliminate_dead_code(target_);
  }

  const tp::Module& source_;
  const Linearised& wanted_;
  const ir::OptimizerSettings& optimizer_;
  OneOutput network_;
  tp::Module target_;
  std::vector<std::vector<Contribution>> gradients_;  ///< by StateId of the network
  std::vector<StateId> changes_;
};

}  // namespace

tp::Module linearised_program(const tp::Module& source, const Linearised& wanted,
                              const ir::OptimizerSettings& optimizer) {
  return Linearisation(source, wanted, optimizer).run();
}

}  // namespace tpc::passes::kernel
