#include "passes/width/abstract_value.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace tpc::passes::width {

using ir::Exponent;
using ir::InitKind;
using ir::Kind;
using ir::StateId;
using ir::ValueId;

namespace {

/// A bound on the work per operation: the steps of a recurrence make terms that differ in parity alone, one after the
/// other. Beyond it terms are joined factor by factor, which can only enlarge an estimate.
constexpr size_t maximal_sizes = 16;

/// A matrix of equal entries is 1 (x) 1, a Gaussian one stays a symbol.
MatrixValue initial_matrix(StateId id, const ir::State& state) {
  if (state.init.kind == InitKind::gaussian) return {{{id, constant_value(0)}}, {}};
  return {{}, {{{ValueId()}, constant_value(-state.b), constant_value(0), constant_value(0)}}};
}

AbstractValue initial_state(StateId id, const ir::State& state) {
  if (state.init.kind == InitKind::zero || state.init.value == 0.0) return {};
  if (state.type.kind == Kind::matrix) return {{}, initial_matrix(id, state)};
  const bool normal = state.init.kind == InitKind::gaussian || state.init.kind == InitKind::noise;
  const bool random_coordinates = normal && state.type.kind == Kind::vector;
  Parity parity = random_coordinates ? Parity::odd_in(id.index) : Parity();
  return {{Growth::power(-state.b, parity), {}}, {}};
}

Value frozen(const Value& value) { return {value.total(), {}}; }

GaussianTerm& find_or_add(std::vector<GaussianTerm>& terms, StateId state) {
  const auto found = std::ranges::find(terms, state, &GaussianTerm::state);
  return found != terms.end() ? *found : terms.emplace_back(GaussianTerm{state, {}});
}

/// What is added to the old value of the state: the written expression without its one summand `read @state`.
class WrittenUpdate {
 public:
  WrittenUpdate(const ir::tp::Function& step, StateId state) : step_(step), state_(state) {}

  void collect(ValueId id, bool negative) {
    const auto& op = step_.at(id).op;
    if (const auto* map = std::get_if<ir::Map>(&op)) {
      if (map->primitive == ir::Primitive::Add || map->primitive == ir::Primitive::Sub) {
        collect(map->arguments[0], negative);
        collect(map->arguments[1], negative != (map->primitive == ir::Primitive::Sub));
        return;
      }
      if (map->primitive == ir::Primitive::Neg) return collect(map->arguments[0], !negative);
    }
    const auto* read = std::get_if<ir::Read>(&op);
    if (read != nullptr && read->state == state_ && !negative && !keeps_old_value) {
      keeps_old_value = true;
    } else {
      summands.push_back(id);
    }
  }

  bool keeps_old_value = false;  ///< else the initial value is scaled or forgotten, which is a change of its own size
  std::vector<ValueId> summands;

 private:
  const ir::tp::Function& step_;
  StateId state_;
};

/// A state that takes in updates. Terms of one origin become one term, whatever the steps; so they are told apart here.
class UpdatedState {
 public:
  explicit UpdatedState(AbstractValue& state) : state_(state) {
    for (const RankOneTerm& terms : std::exchange(state.matrix.rank_one, {})) {
      if (!terms.coefficient.initial.is_zero()) {
        state.matrix.rank_one.push_back(terms);
        continue;
      }
      for (ValueId origin : terms.origins) {
        updates_[origin] = {{origin}, terms.coefficient, terms.left, terms.right};
      }
    }
  }

  /// True if anything became larger.
  bool absorb(const AbstractValue& written) {
    bool grew = state_.value.change.absorb(written.value.total());
    for (const GaussianTerm& term : written.matrix.gaussian) {
      grew |= find_or_add(state_.matrix.gaussian, term.state).coefficient.change.absorb(term.coefficient.total());
    }
    for (const RankOneTerm& terms : written.matrix.rank_one) {
      for (ValueId origin : terms.origins) grew |= absorb(origin, terms);
    }
    return grew;
  }

  void finish() {
    for (const auto& [origin, update] : updates_) add(state_.matrix.rank_one, update);
  }

 private:
  /// Of families nothing is known after the first step; and the steps of a recurrence, which are families of their own,
  /// make terms of one size so.
  bool absorb(ValueId origin, const RankOneTerm& terms) {
    RankOneTerm& update = updates_.try_emplace(origin, RankOneTerm{{origin}, {}, {}, {}}).first->second;
    bool grew = update.coefficient.change.absorb(terms.coefficient.total());
    grew |= update.left.initial.absorb(terms.left.total().of_states_alone());
    grew |= update.right.initial.absorb(terms.right.total().of_states_alone());
    return grew;
  }

  AbstractValue& state_;
  std::map<ValueId, RankOneTerm> updates_;
};

}  // namespace

AbstractStates initial_states(const ir::tp::Module& module) {
  AbstractStates states;
  for (size_t i = 0; i < module.states.size(); ++i) states.push_back(initial_state(StateId(i), module.states[i]));
  return states;
}

void add(std::vector<RankOneTerm>& sum, const RankOneTerm& terms) {
  const auto same_size = std::ranges::find_if(sum, [&](const RankOneTerm& present) {
    return present.coefficient == terms.coefficient && present.left == terms.left && present.right == terms.right;
  });
  if (same_size == sum.end() && sum.size() < maximal_sizes) {
    sum.push_back(terms);
    return;
  }
  RankOneTerm& present = same_size == sum.end() ? sum.back() : *same_size;
  std::vector<ValueId> all;
  std::ranges::set_union(present.origins, terms.origins, std::back_inserter(all));
  present = {std::move(all), present.coefficient + terms.coefficient, present.left + terms.left,
             present.right + terms.right};
}

bool absorb_writes(const ir::tp::Function& step, const AbstractValues& values, AbstractStates& states) {
  const AbstractStates before = states;
  std::vector<UpdatedState> updated(states.begin(), states.end());
  bool grew = false;
  for (const auto& instruction : step.body) {
    if (const auto* rows = std::get_if<ir::AddRows>(&instruction.op)) {
      grew |= updated[rows->state.index].absorb(values[rows->value.index]);
    }
    const auto* write = std::get_if<ir::Write>(&instruction.op);
    if (write == nullptr) continue;
    UpdatedState& state = updated[write->state.index];
    WrittenUpdate update(step, write->state);
    update.collect(write->value, false);
    for (ValueId summand : update.summands) grew |= state.absorb(values[summand.index]);
    if (!update.keeps_old_value) grew |= state.absorb(before[write->state.index]);
  }
  for (UpdatedState& state : updated) state.finish();
  return grew;
}

AbstractValue frozen(const AbstractValue& value) {
  AbstractValue result{frozen(value.value), value.matrix};
  for (GaussianTerm& term : result.matrix.gaussian) term.coefficient = frozen(term.coefficient);
  for (RankOneTerm& term : result.matrix.rank_one) {
    term.coefficient = frozen(term.coefficient);
    term.left = frozen(term.left);
    term.right = frozen(term.right);
  }
  return result;
}

ExponentPair exponents(const ir::tp::Module& module, Kind kind, const AbstractValue& value) {
  if (kind == Kind::none) return {};
  if (kind != Kind::matrix) return {value.value.initial.exponent(), value.value.change.exponent()};
  Value entries;
  for (const GaussianTerm& term : value.matrix.gaussian) {
    entries = entries + term.coefficient * constant_value(-module.state(term.state).b);
  }
  for (const RankOneTerm& term : value.matrix.rank_one) entries = entries + term.coefficient * term.left * term.right;
  return {entries.initial.exponent(), entries.change.exponent()};
}

}  // namespace tpc::passes::width
