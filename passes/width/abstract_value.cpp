#include "passes/width/abstract_value.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::InitKind;
using ir::Kind;
using ir::StateId;
using ir::ValueId;

namespace {

/// A matrix of equal entries is 1 (x) 1, a Gaussian one stays a symbol.
MatrixValue initial_matrix(StateId id, const ir::State& state) {
  if (state.init.kind == InitKind::gaussian) return {{{id, constant_value(0)}}, {}};
  return {{}, {{ValueId(), constant_value(-state.b), constant_value(0), constant_value(0)}}};
}

AbstractValue initial_state(StateId id, const ir::State& state) {
  if (state.init.kind == InitKind::zero || state.init.value == 0.0) return {};
  if (state.type.kind == Kind::matrix) return {{}, initial_matrix(id, state)};
  bool random_coordinates = state.init.kind == InitKind::gaussian && state.type.kind == Kind::vector;
  Parity parity = random_coordinates ? Parity::odd_in(id.index) : Parity();
  return {{Growth::power(-state.b, parity), {}}, {}};
}

Value frozen(const Value& value) { return {value.total(), {}}; }

template <class Terms, class Same>
auto& find_or_add(Terms& terms, Same same, typename Terms::value_type fresh) {
  for (auto& term : terms) {
    if (same(term)) return term;
  }
  return terms.emplace_back(std::move(fresh));
}

bool absorb_matrix(const MatrixValue& written, MatrixValue& state) {
  bool grew = false;
  for (const GaussianTerm& term : written.gaussian) {
    auto& present =
        find_or_add(state.gaussian, [&](const GaussianTerm& t) { return t.state == term.state; }, {term.state, {}});
    grew |= present.coefficient.change.absorb(term.coefficient.total());
  }
  for (const RankOneTerm& term : written.rank_one) {
    auto is_update_of_same_origin = [&](const RankOneTerm& t) {
      return t.origin == term.origin && t.coefficient.initial.is_zero();
    };
    auto& present = find_or_add(state.rank_one, is_update_of_same_origin, {term.origin, {}, {}, {}});
    grew |= present.coefficient.change.absorb(term.coefficient.total());
    grew |= present.left.initial.absorb(term.left.total());
    grew |= present.right.initial.absorb(term.right.total());
  }
  return grew;
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

bool absorb_value(const AbstractValue& written, AbstractValue& state) {
  bool grew = state.value.change.absorb(written.value.total());
  return absorb_matrix(written.matrix, state.matrix) || grew;
}

}  // namespace

AbstractStates initial_states(const ir::tp::Module& module) {
  AbstractStates states;
  for (size_t i = 0; i < module.states.size(); ++i) states.push_back(initial_state(StateId(i), module.states[i]));
  return states;
}

bool absorb_writes(const ir::tp::Function& step, const AbstractValues& values, AbstractStates& states) {
  const AbstractStates before = states;
  bool grew = false;
  for (const auto& instruction : step.body) {
    if (const auto* rows = std::get_if<ir::AddRows>(&instruction.op)) {
      grew |= absorb_value(values[rows->value.index], states[rows->state.index]);
    }
    const auto* write = std::get_if<ir::Write>(&instruction.op);
    if (write == nullptr) continue;
    AbstractValue& state = states[write->state.index];
    WrittenUpdate update(step, write->state);
    update.collect(write->value, false);
    for (ValueId summand : update.summands) grew |= absorb_value(values[summand.index], state);
    if (!update.keeps_old_value) grew |= absorb_value(before[write->state.index], state);
  }
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
