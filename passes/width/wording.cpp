#include "passes/width/wording.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::ValueId;

namespace {

/// The name of an activation: the user's, a data field's, or a stand-in.
std::string plain_name(const ir::tp::Function& function, ValueId id) {
  const auto& instruction = function.at(id);
  if (!instruction.name.empty()) return instruction.name;
  if (const auto* input = std::get_if<ir::Input>(&instruction.op)) return input->field;
  return "(...)";
}

}  // namespace

std::string power_of_width(const ir::tp::Module& module, const Exponent& exponent) {
  if (!exponent.finite()) return "0";
  if (exponent == Exponent(0)) return "order one";
  std::string text = exponent.str();
  bool plain = text.find_first_of("-/") == std::string::npos;
  return module.width + "^" + (plain ? text : "(" + text + ")");
}

std::string quoted_use(const ir::tp::Module& module, const ir::tp::Function& function, const WeightUse& use) {
  std::string weight = use.states.size() == 1 ? module.state(use.states.front()).name : "(...)";
  std::string activation = plain_name(function, use.activation);
  const auto& op = function.at(use.instructions.front()).op;
  if (!use.is_product) return "`" + activation + " + " + weight + "`";
  if (std::holds_alternative<ir::Map>(op)) return "`" + weight + " * " + activation + "`";
  const auto* matmul = std::get_if<ir::tp::Matmul>(&op);
  return "`" + weight + (matmul != nullptr && matmul->transposed ? ".T" : "") + " @ " + activation + "`";
}

std::string quoted_value(const ir::tp::Function& function, ValueId id) {
  const std::string& name = function.at(id).name;
  return name.empty() ? "number " + std::to_string(id.index) + " of `" + function.name + "`" : "`" + name + "`";
}

std::string enumeration(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace tpc::passes::width
