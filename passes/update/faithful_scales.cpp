#include "passes/update/faithful_scales.h"

#include <algorithm>

#include "ir/core/optimizer.h"
#include "passes/update/entrywise_rule.h"

namespace tpc::passes {

using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

ValueId gradient_by(const tp::Function& function, const ir::State& state) {
  return function.result(ir::result_name::gradient + state.name);
}

/// The function `gradient` as the step of sign descent: values keep their places.
void train_by_signs(tp::Module& module) {
  tp::Function* step = module.find(ir::FunctionRole::gradient);
  step->key = ir::FunctionRole::step;
  tp::Builder builder(module, *step);
  ir::EntrywiseSettings signs;
  signs.rule = ir::EntrywiseRule::signsgd;
  signs.learning_rate.first = 1.0;
  EntrywiseUpdates updates(builder, signs, {});
  const size_t count = module.states.size();
  for (size_t i = 0; i < count; ++i) {
    const ValueId gradient = gradient_by(*step, module.states[i]);
    if (!gradient.valid()) continue;
    updates.write(StateId(i), gradient, builder.insert(tp::WidthPower{-module.states[i].c}));
  }
}

}  // namespace

/// Of an unstable program only the first gradient has a size: what grows with the width drives them ever further.
ir::Exponent seen_exponent(const WidthAnalysis& analysis, ValueId value) {
  const ValueExponents& exponents = analysis.step[value.index];
  return analysis.settles ? exponents.overall() : exponents.initial;
}

void choose_gradient_scales(tp::Module& module) {
  const tp::Function* gradient = module.find(ir::FunctionRole::gradient);
  TPC_CHECK(gradient != nullptr, "there is no function `gradient`");
  const bool all_given = std::ranges::all_of(
      module.states, [&](const ir::State& state) { return state.d || !gradient_by(*gradient, state).valid(); });
  if (all_given) return;
  tp::Module signs = module;
  train_by_signs(signs);
  const WidthAnalysis analysis = analyze_width(signs);
  for (ir::State& state : module.states) {
    const ValueId value = gradient_by(*gradient, state);
    if (!value.valid() || state.d) continue;
    const ir::Exponent gamma = seen_exponent(analysis, value);
    state.d = gamma.finite() ? -gamma.rational() : ir::Rational();
  }
}

}  // namespace tpc::passes
