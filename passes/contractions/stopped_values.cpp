#include "passes/contractions/stopped_values.h"

namespace tpc::passes::contractions {

using ir::ValueId;
namespace tp = ir::tp;

ValueId StoppedValues::stop(ValueId value) {
  return depends_on_states(value) ? builder_.insert(tp::StopGradient{value}) : value;
}

bool StoppedValues::depends_on_states(ValueId value) {
  const tp::Function& function = builder_.function();
  while (depends_.size() <= value.index) {
    const tp::Op& op = function.body[depends_.size()].op;
    bool depends = std::holds_alternative<ir::Read>(op);
    for (ValueId operand : ir::operands(op)) depends = depends || depends_[operand.index];
    depends_.push_back(depends && !std::holds_alternative<tp::StopGradient>(op));
  }
  return depends_[value.index];
}

}  // namespace tpc::passes::contractions
