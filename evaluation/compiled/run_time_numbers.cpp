#include "evaluation/compiled/run_time_numbers.h"

#include <cmath>
#include <string>

namespace tpc::evaluation {
namespace {

bool comes_from_rules(double value) { return std::abs(value) <= 4.0 && 2.0 * value == std::round(2.0 * value); }

ir::State number_state(size_t index, const ir::Type& type, double value) {
  ir::State state;
  state.name = "number " + std::to_string(index);
  state.type = type;
  state.init = {ir::InitKind::constant, value};
  state.role = ir::Role::finite;
  return state;
}

}  // namespace

ir::limit::Module with_run_time_numbers(ir::limit::Module module) {
  const size_t own = module.states.size();
  for (ir::limit::Function& function : module.functions) {
    for (ir::limit::Instruction& instruction : function.body) {
      const auto* constant = std::get_if<ir::Constant>(&instruction.op);
      if (constant == nullptr || comes_from_rules(constant->value)) continue;
      module.states.push_back(number_state(module.states.size() - own, instruction.type, constant->value));
      instruction.op = ir::Read{ir::StateId(module.states.size() - 1)};
    }
  }
  return module;
}

}  // namespace tpc::evaluation
