// Stability (math.md section 4): every hidden preactivation of order one at initialisation; no hidden vector, output or
// update of them that grows with the width. For an MLP these are the conditions of math.md section 2.
#include <algorithm>
#include <set>
#include <utility>

#include "passes/width/forward.h"
#include "passes/width/reasons.h"
#include "passes/width/wording.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;
using ir::ValueId;

namespace {

/// Finds a state among the linear terms of a value: sums, and products with scalars.
class LinearTerms {
 public:
  LinearTerms(const ir::tp::Function& function, StateId state) : function_(function), state_(state) {}

  /// Whether a multiple of the state, other than itself, is a term of the value.
  bool hold_multiple(ValueId id, bool multiplied = false) {
    const ir::tp::Instruction& instruction = function_.at(id);
    if (const auto* read = std::get_if<ir::Read>(&instruction.op)) return multiplied && read->state == state_;
    if (const auto* rows = std::get_if<ir::Gather>(&instruction.op)) return hold_multiple(rows->table, multiplied);
    const auto* map = std::get_if<ir::Map>(&instruction.op);
    if (map == nullptr || !seen_.insert({id.index, multiplied}).second) return false;
    const bool sum = map->primitive == ir::Primitive::Add || map->primitive == ir::Primitive::Sub;
    const bool multiple = map->primitive == ir::Primitive::Mul && std::ranges::any_of(map->arguments, [&](ValueId arg) {
                            return function_.type(arg).kind == Kind::scalar;
                          });
    return (sum || multiple) &&
           std::ranges::any_of(map->arguments, [&](ValueId arg) { return hold_multiple(arg, multiplied || multiple); });
  }

 private:
  const ir::tp::Function& function_;
  StateId state_;
  std::set<std::pair<size_t, bool>> seen_;
};

/// Whether a training step takes a multiple of a weight itself away: weight decay, or a penalty on the weights.
bool is_decayed(const ir::tp::Module& module, StateId state) {
  const ir::tp::Function* step = module.find(ir::FunctionRole::step);
  const auto& predict = module.find(ir::FunctionRole::predict)->body;
  const bool weight = std::ranges::any_of(predict, [&](const ir::tp::Instruction& instruction) {
    const auto* read = std::get_if<ir::Read>(&instruction.op);
    return read != nullptr && read->state == state;  // momentum is a multiple of itself by design
  });
  if (step == nullptr || !weight) return false;
  return std::ranges::any_of(step->body, [&](const ir::tp::Instruction& instruction) {
    const auto* rows = std::get_if<ir::AddRows>(&instruction.op);
    if (rows != nullptr) return rows->state == state && LinearTerms(*step, state).hold_multiple(rows->value);
    const auto* write = std::get_if<ir::Write>(&instruction.op);
    return write != nullptr && write->state == state && LinearTerms(*step, state).hold_multiple(write->value);
  });
}

class Instabilities {
 public:
  Instabilities(const ir::tp::Module& module, const WidthAnalysis& analysis)
      : module_(module),
        analysis_(analysis),
        predict_(*module.find(ir::FunctionRole::predict)),
        uses_(weight_uses(predict_)) {}

  std::vector<Reason> find() {
    find_initial();
    if (reasons_.empty()) find_in_training();
    if (reasons_.empty()) find_remaining();
    return std::move(reasons_);
  }

 private:
  void find_initial();
  void find_in_training();
  void find_remaining();
  void report_growing_value(const std::string& subject, const std::string& verb, Exponent ValueExponents::* which);
  void report_initial_product(const WeightUse& use, const Exponent& exponent);
  void report_fast_update(StateId state);
  void report_fast_decay(const std::vector<StateId>& states);
  void report_fast_output(StateId state);
  [[nodiscard]] std::optional<Advice> rescale(const WeightUse& use, const Exponent& exponent) const;
  [[nodiscard]] const WeightUse* first_use(StateId state) const;
  [[nodiscard]] bool is_order_one(ValueId activation) const;

  const ir::tp::Module& module_;
  const WidthAnalysis& analysis_;
  const ir::tp::Function& predict_;
  std::vector<WeightUse> uses_;
  std::vector<Reason> reasons_;
};

/// A weight of scale n^{-(a+b)} enters linearly: its product has the wanted exponent 0 (or at most 0, for an output) if
/// a + b is larger by the exponent that is too much.
std::optional<Advice> Instabilities::rescale(const WeightUse& use, const Exponent& exponent) const {
  if (use.states.size() != 1) return {};
  const ir::State& state = module_.state(use.states.front());
  const Rational now = state.a + state.b;
  const bool is_output = predict_.type(use.result).kind == Kind::scalar;
  return Advice{state.name, Invariant::scale, now, now + exponent.rational(), is_output};
}

const WeightUse* Instabilities::first_use(StateId state) const {
  for (const WeightUse& use : uses_) {
    if (use.states == std::vector<StateId>{state}) return &use;
  }
  return nullptr;
}

/// Whether the user's activation is of order one at initialisation, so that a wrong product has its cause here.
bool Instabilities::is_order_one(ValueId activation) const {
  return user_exponent(predict_, activation, analysis_.predict[activation.index].initial) == Exponent(0);
}

void Instabilities::report_initial_product(const WeightUse& use, const Exponent& exponent) {
  bool is_output = predict_.type(use.result).kind == Kind::scalar;
  std::string verb = exponent < Exponent(0) ? " vanishes like " : " grows like ";
  reasons_.push_back({std::string("unstable at initialisation: the ") +
                          (is_output ? "output " : "hidden preactivation ") + quoted_use(module_, predict_, use) +
                          verb + power_of_width(module_, exponent),
                      predict_.at(use.result).span, rescale(use, exponent)});
}

void Instabilities::find_initial() {
  for (const WeightUse& use : uses_) {
    const Exponent exponent = user_exponent(predict_, use.result, analysis_.predict[use.result.index].initial);
    bool is_vector = predict_.type(use.result).kind == Kind::vector;
    bool first_cause = is_order_one(use.activation);
    bool wrong = exponent > Exponent(0) || (is_vector && exponent.finite() && exponent < Exponent(0));
    if (use.is_product && first_cause && wrong) report_initial_product(use, exponent);
  }
  if (!reasons_.empty()) return;
  report_growing_value("unstable at initialisation: the value ", " grows like ", &ValueExponents::initial);
}

void Instabilities::report_fast_update(StateId state) {
  const Exponent& exponent = analysis_.update_contribution[state.index];
  const WeightUse* use = first_use(state);
  const Invariant rate = rate_invariant(module_.state(state));
  std::string moved = use == nullptr ? "its product" : quoted_use(module_, predict_, *use);
  reasons_.push_back({"unstable in training: the update of " + module_.state(state).name + " moves " + moved +
                          " like " + power_of_width(module_, exponent) + " (" + name_of(rate) + " = " +
                          value_of(rate, module_.state(state)).str() + ")",
                      use == nullptr ? module_.state(state).span : predict_.at(use->result).span});
}

/// A step multiplies w by 1 - n^{-c} eta lambda, whatever the gradients are.
void Instabilities::report_fast_decay(const std::vector<StateId>& states) {
  std::vector<std::string> names;
  for (const StateId id : states) names.push_back(module_.state(id).name);
  reasons_.push_back({"unstable in training: weight decay acts on w times n^(-c), so in every step it multiplies " +
                          enumeration(names) + " by something that grows with the width: " +
                          (names.size() == 1 ? "its" : "their") + " c must be at least 0",
                      module_.state(states.front()).span});
}

/// The update of W = n^{-a} w carries n^{-2a-c} (n^{-a-c} by an entrywise optimizer): larger by what is too much.
void Instabilities::report_fast_output(StateId id) {
  const Exponent& exponent = analysis_.output_contribution[id.index];
  const ir::State& state = module_.state(id);
  const Invariant rate = rate_invariant(state);
  const Rational now = value_of(rate, state);
  reasons_.push_back({"unstable in training: the update of " + state.name +
                          ", seen through the initial values of the weights after it, moves the output like " +
                          power_of_width(module_, exponent),
                      state.span, Advice{state.name, rate, now, now + exponent.rational(), true}});
}

void Instabilities::find_in_training() {
  std::vector<StateId> decayed;
  for (size_t i = 0; i < module_.states.size(); ++i) {
    if (module_.states[i].c < Rational(0) && is_decayed(module_, StateId(i))) {
      decayed.emplace_back(i);
    } else if (analysis_.update_contribution[i] > Exponent(0)) {
      report_fast_update(StateId(i));
    } else if (analysis_.output_contribution[i] > Exponent(0)) {
      report_fast_output(StateId(i));
    }
  }
  if (!decayed.empty()) report_fast_decay(decayed);
}

/// What no single weight explains.
void Instabilities::find_remaining() {
  report_growing_value("unstable in training: the value ", " moves like ", &ValueExponents::change);
  if (reasons_.empty() && !analysis_.power_law) {
    reasons_.push_back({"unstable: a nonlinearity meets an argument that grows with the width", {}});
  }
  if (reasons_.empty() && !analysis_.settles) {
    reasons_.push_back({"unstable in training: the exponents keep growing with the step", {}});
  }
}

/// The first hidden vector, else the output, whose initial value or change grows.
void Instabilities::report_growing_value(const std::string& subject, const std::string& verb,
                                         Exponent ValueExponents::* which) {
  std::vector<ValueId> seen = hidden_vectors(predict_);
  seen.push_back(predict_.result(ir::result_name::output));
  for (const ValueId id : seen) {
    const Exponent exponent = user_exponent(predict_, id, analysis_.predict[id.index].*which);
    if (exponent <= Exponent(0)) continue;
    reasons_.push_back({subject + quoted_value(module_, predict_, id) + verb + power_of_width(module_, exponent),
                        predict_.at(id).span});
    return;
  }
}

}  // namespace

std::vector<Reason> instabilities(const ir::tp::Module& module, const WidthAnalysis& analysis) {
  return Instabilities(module, analysis).find();
}

}  // namespace tpc::passes::width
