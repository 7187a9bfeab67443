#include "passes/mup/points.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/visit.h"
#include "passes/mup/descent.h"
#include "passes/update/update.h"

namespace tpc::passes::mup {

using ir::Rational;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// Writes W = n^{-a} w for every read of a state w with a != 0.
class Multipliers {
 public:
  Multipliers(tp::Module& module, tp::Function source) : source_(std::move(source)), builder_(module, result_) {
    result_.key = source_.key;
  }

  tp::Function run() {
    for (const tp::Instruction& instruction : source_.body) copy(instruction);
    for (const ir::Result& r : source_.results) result_.results.push_back({r.name, renamed_[r.value.index]});
    return std::move(result_);
  }

 private:
  void copy(tp::Instruction instruction) {
    ir::for_each_operand(instruction.op, [&](ValueId& operand) { operand = renamed_[operand.index]; });
    result_.body.push_back(std::move(instruction));
    renamed_.emplace_back(result_.body.size() - 1);
    const auto* read = std::get_if<ir::Read>(&result_.body.back().op);
    if (read == nullptr) return;
    const Rational a = builder_.module().state(read->state).a;
    if (!a.is_zero()) renamed_.back() = builder_.mul(builder_.insert(tp::WidthPower{-a}), renamed_.back());
  }

  tp::Function source_, result_;
  tp::Builder builder_;
  std::vector<ValueId> renamed_;
};

}  // namespace

Points::Points(tp::Module forward, ir::OptimizerSettings optimizer)
    : forward_(std::move(forward)), at_zero_(with_gradient(forward_)), optimizer_(std::move(optimizer)) {
  for (const ir::State& state : forward_.states) TPC_CHECK(state.a.is_zero(), "the program is given at a = 0");
}

bool Points::has_symmetry() const {
  return std::visit(ir::Overloaded{[](const ir::SgdSettings& sgd) { return sgd.weight_decay == 0 && !sgd.clip; },
                                   [](const ir::EntrywiseSettings&) { return false; }},
                    optimizer_);
}

std::vector<ir::State> Points::states_of(const std::vector<ir::State>& states) const {
  std::vector<ir::State> own = forward_.states;
  for (ir::State& state : own) {
    const auto given = std::ranges::find(states, state.name, &ir::State::name);
    if (given == states.end()) continue;
    state.a = given->a, state.b = given->b, state.c = given->c, state.d = given->d;
  }
  return own;
}

const tp::Module& Points::with_multipliers(const std::vector<ir::State>& states) {
  std::vector<Rational> a;
  for (const ir::State& state : states) a.push_back(state.a);
  const auto [entry, is_new] = elsewhere_.try_emplace(std::move(a));
  if (!is_new) return entry->second;
  tp::Module module = forward_;
  module.states = states;
  for (tp::Function& function : module.functions) function = Multipliers(module, std::move(function)).run();
  return entry->second = with_gradient(std::move(module));
}

Found Points::at(const std::vector<ir::State>& given) {
  std::vector<ir::State> states = states_of(given);
  if (has_symmetry()) {
    for (ir::State& state : states) {
      state.b = value_of(Invariant::scale, state);
      state.c = value_of(Invariant::rate, state);
      state.a = 0;
    }
  }
  const bool multiplied = std::ranges::any_of(states, [](const ir::State& state) { return !state.a.is_zero(); });
  tp::Module trained = multiplied ? with_multipliers(states) : at_zero_;
  trained.states = std::move(states);
  const std::vector<SeenGradient> seen = add_training_step(trained, optimizer_);
  Found found{analyze_width(trained), {}, {}};
  found.classification = classify(trained, found.analysis);
  found.entrywise = entrywise_sizes(trained, found.analysis, seen, rule());
  return found;
}

}  // namespace tpc::passes::mup
