#include "passes/update/update.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

void add_sgd_step(tp::Module& module, const ir::SgdSettings& settings) {
  tp::Function* step = module.find("gradient");
  TPC_CHECK(step != nullptr, "there is no function `gradient`: run autodiff before sgd");
  step->name = "step";
  tp::Builder builder(module, *step);
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ir::State& state = module.states[i];
    const ValueId gradient = step->result("d." + state.name);
    if (!gradient.valid()) continue;
    builder.at(state.span);
    const ValueId learning_rate = builder.constant(settings.learning_rate.first * state.learning_rate_factor);
    const ValueId width_factor = builder.insert(tp::WidthPower{-state.c});
    const ValueId change = builder.mul(builder.mul(learning_rate, width_factor), gradient);
    builder.write(ir::StateId(i), builder.sub(builder.read(ir::StateId(i)), change));
  }
  step->results = {{"loss", step->result("loss")}};
}

}  // namespace tpc::passes
