#include "passes/width/width_analysis.h"

#include <algorithm>
#include <utility>

#include "base/diag/check.h"
#include "passes/width/abstract_value.h"
#include "passes/width/forward.h"
#include "passes/width/gaussian_families.h"

namespace tpc::passes {

using ir::Exponent;
using ir::FunctionRole;
using ir::Kind;
using ir::StateId;
using ir::ValueId;
using namespace width;

namespace {

const ir::tp::Function& required(const ir::tp::Module& module, FunctionRole role) {
  const auto* function = module.find(role);
  TPC_CHECK(function != nullptr, "width analysis needs the function '" + ir::spelling(role) + "'");
  return *function;
}

std::vector<ValueExponents> value_exponents(const ir::tp::Module& module, const ir::tp::Function& function,
                                            const AbstractValues& values) {
  std::vector<ValueExponents> result;
  for (size_t i = 0; i < values.size(); ++i) {
    auto [initial, change] = exponents(module, function.body[i].type.kind, values[i]);
    result.push_back({initial, change});
  }
  return result;
}

/// The rank-one terms alone.
AbstractValue without_gaussian(const AbstractValue& value) { return {{}, {{}, value.matrix.rank_one}}; }

std::vector<StateExponents> state_exponents(const ir::tp::Module& module, const AbstractStates& states) {
  std::vector<StateExponents> result;
  for (size_t i = 0; i < states.size(); ++i) {
    auto [initial, update] = exponents(module, module.states[i].type.kind, states[i]);
    StateExponents state{initial, update, {}, {}};
    for (const GaussianTerm& term : states[i].matrix.gaussian) {
      state.gaussian = term.state;
      state.rescaled = max(state.rescaled, term.coefficient.change.exponent() + -module.state(term.state).b);
    }
    if (state.gaussian.valid()) state.update = exponents(module, Kind::matrix, without_gaussian(states[i])).change;
    result.push_back(state);
  }
  return result;
}

/// Whether a hidden vector or the output of `predict` grows with the width.
bool forward_grows(const ir::tp::Module& module, const AbstractStates& states, const GaussianFamilies& families) {
  const auto& predict = required(module, FunctionRole::predict);
  bool ignored = true;
  AbstractValues values = evaluate(module, predict, states, ignored, &families);
  auto grows = [&](ValueId id) {
    return user_exponent(predict, id, values[id.index].value.total().exponent()) > Exponent(0);
  };
  const std::vector<ValueId> hidden = hidden_vectors(predict);
  return grows(predict.result(ir::result_name::output)) || std::any_of(hidden.begin(), hidden.end(), grows);
}

struct LateStates {
  AbstractStates states;
  bool settle = true;
  int64_t steps = 0;  ///< that were taken
};

/// Runs steps t = 0, 1, 2, ... until no exponent changes, or something grows: all that follows from that is a
/// consequence, and may go on without end. News of one state's update may need a step to wake the next one
/// (zero-initialised weights), hence the bound on steps.
LateStates iterate_steps(const ir::tp::Module& module, const GaussianFamilies& families) {
  const auto& step = required(module, FunctionRole::step);
  AbstractStates states = initial_states(module);
  const size_t most_steps = 16 + 2 * states.size();
  for (size_t t = 0; t < most_steps; ++t) {
    bool ignored = true;
    AbstractValues values = evaluate(module, step, states, ignored, &families);
    const auto taken = static_cast<int64_t>(t + 1);
    if (!absorb_writes(step, values, states)) return {std::move(states), true, taken};
    if (forward_grows(module, states, families)) return {std::move(states), false, taken};
  }
  return {std::move(states), false, static_cast<int64_t>(most_steps)};
}

/// What each state's own update does, one state at a time. Only what depends on the state is computed anew.
class OwnUpdates {
 public:
  OwnUpdates(const ir::tp::Module& module, const AbstractStates& late, const GaussianFamilies& families)
      : module_(module),
        families_(families),
        predict_(required(module, FunctionRole::predict)),
        late_(late),
        states_(initial_states(module)),
        uses_(weight_uses(predict_)),
        depends_(depends_on_data(predict_)),
        rows_(picked_rows(predict_)),
        values_(evaluate(module_, predict_, states_, ignored_, &families_)),
        met_(evaluate(module_, predict_, late_, ignored_, &families_)) {
    for (size_t i = 0; i < met_.size(); ++i) met_[i] = depends_[i] ? frozen(met_[i]) : values_[i];
  }

  void run(StateId state, WidthAnalysis& analysis) {
    const AbstractValue initial = std::exchange(states_[state.index], late_[state.index]);
    struct Before {
      size_t place;
      AbstractValue value, met;
    };
    std::vector<Before> before;  // of those that depend on the state
    for (const size_t i : dependents(state)) {
      AbstractValue value = evaluate_instruction(module_, predict_, ValueId(i), states_, values_, ignored_, &families_);
      before.push_back({i, std::exchange(values_[i], std::move(value)), met_[i]});
      if (!depends_[i] || rows_[i]) met_[i] = values_[i];
    }
    const ValueId output = predict_.result(ir::result_name::output);
    analysis.output_contribution.push_back(values_[output.index].value.change.exponent());
    analysis.update_contribution.push_back(contribution(state));
    for (auto& [i, value, met] : before) {
      met_[i] = std::move(met);
      values_[i] = std::move(value);
    }
    states_[state.index] = initial;
  }

 private:
  [[nodiscard]] std::vector<size_t> dependents(StateId state) const {
    std::vector<bool> depends(predict_.body.size());
    std::vector<size_t> found;
    for (size_t i = 0; i < depends.size(); ++i) {
      const ir::tp::Op& op = predict_.body[i].op;
      const auto* read = std::get_if<ir::Read>(&op);
      bool here = read != nullptr && read->state == state;
      ir::for_each_operand(op, [&](const ValueId& operand) { here = here || depends[operand.index]; });
      depends[i] = here;
      if (here) found.push_back(i);
    }
    return found;
  }

  /// The largest change at a use of the state, the activations it meets being those of a late step.
  Exponent contribution(StateId state) {
    Exponent largest;
    for (const WeightUse& use : uses_) {
      if (std::find(use.states.begin(), use.states.end(), state) == use.states.end()) continue;
      largest = max(largest, change_at(use));
    }
    return largest;
  }

  Exponent change_at(const WeightUse& use) {
    const AbstractValue result =
        evaluate_instruction(module_, predict_, use.result, states_, met_, ignored_, &families_);
    const Exponent change = exponents(module_, predict_.type(use.result).kind, result).change;
    return user_exponent(predict_, use.result, change);
  }

  const ir::tp::Module& module_;
  const GaussianFamilies& families_;
  const ir::tp::Function& predict_;
  const AbstractStates& late_;
  AbstractStates states_;  ///< initial ones, but for the state at hand
  std::vector<WeightUse> uses_;
  std::vector<bool> depends_;  ///< on data: activations
  std::vector<bool> rows_;     ///< weights to what they meet, though they depend on data
  bool ignored_ = true;
  AbstractValues values_;  ///< of these states
  AbstractValues met_;     ///< activations of a late step, held fixed; other values as they are
};

}  // namespace

WidthAnalysis analyze_width(const ir::tp::Module& module) {
  WidthAnalysis analysis;
  TPC_CHECK(required(module, FunctionRole::predict).result(ir::result_name::output).valid(),
            "the function 'predict' has no result 'output'");
  const GaussianFamilies families(module);
  auto [states, settles, steps] = iterate_steps(module, families);
  analysis.settles = settles;
  analysis.steps = steps;
  analysis.states = state_exponents(module, states);
  for (const auto& function : module.functions) {
    bool power_law = true;
    auto exponents = value_exponents(module, function, evaluate(module, function, states, power_law, &families));
    if (function.key == FunctionRole::step) {
      analysis.step = std::move(exponents);
    } else if (function.key == FunctionRole::predict) {
      analysis.predict = std::move(exponents);
      analysis.power_law = power_law;
    } else {
      analysis.other_functions[function.key] = std::move(exponents);
    }
  }
  OwnUpdates own_updates(module, states, families);
  for (size_t i = 0; i < states.size(); ++i) own_updates.run(StateId(i), analysis);
  return analysis;
}

std::vector<ValueExponents> analyze_function(const ir::tp::Module& module, const ir::FunctionKey& key) {
  const GaussianFamilies families(module);
  const ir::tp::Function* function = module.find(key);
  TPC_CHECK(function != nullptr, "no function " + ir::spelling(key));
  bool ignored = true;
  return value_exponents(module, *function,
                         evaluate(module, *function, iterate_steps(module, families).states, ignored, &families));
}

}  // namespace tpc::passes
