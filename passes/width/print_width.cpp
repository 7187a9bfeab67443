#include "passes/width/width_analysis.h"

namespace tpc::passes {

namespace {

std::string state_line(const ir::State& state, const WidthAnalysis& analysis, size_t i) {
  return "state @" + state.name + ": initial " + analysis.states[i].initial.str() + ", update " +
         analysis.states[i].update.str() + ", moves its product by " + analysis.update_contribution[i].str() +
         ", the output by " + analysis.output_contribution[i].str() + "\n";
}

}  // namespace

std::string print_width(const ir::tp::Module& module, const WidthAnalysis& analysis) {
  std::string text = "width exponents of " + module.name +
                     (analysis.settles ? "\n" : " (growing: after the first step that makes them grow)\n");
  for (size_t i = 0; i < module.states.size(); ++i) text += state_line(module.states[i], analysis, i);
  const auto& step = *module.find(ir::FunctionRole::step);
  for (size_t i = 0; i < step.body.size(); ++i) {
    if (step.body[i].type.kind == ir::Kind::none) continue;
    const std::string& name = step.body[i].name;
    text += "%" + std::to_string(i) + (name.empty() ? "" : " " + name) + ": initial " + analysis.step[i].initial.str() +
            ", change " + analysis.step[i].change.str() + "\n";
  }
  return text;
}

}  // namespace tpc::passes
