#include "passes/width/wording.h"

#include <charconv>

#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"

namespace tpc::passes::width {

using ir::Exponent;
using ir::ValueId;

namespace {

/// A name that lowering made of a product, "W^T z", as it stands in the file: "W.T @ z".
std::string as_product(std::string name) {
  const size_t space = name.find(' ');
  if (space == std::string::npos) return name;
  const bool transposed = space >= 2 && name.compare(space - 2, 2, "^T") == 0;
  return name.substr(0, transposed ? space - 2 : space) + (transposed ? ".T @ " : " @ ") + name.substr(space + 1);
}

/// The value in the user's terms: its name, or its operation on values so described, `depth` operations deep. Factors
/// that are plain numbers (n^{-a}, 1/2) are left out.
std::string expression(const ir::tp::Module& module, const ir::tp::Function& function, ValueId id,
                       int depth) {  // NOLINT(misc-no-recursion)
  const auto& instruction = function.at(id);
  if (!instruction.name.empty()) return instruction.name;
  auto inner = [&](ValueId operand) {
    std::string text = expression(module, function, operand, depth - 1);
    return function.at(operand).name.empty() ? text : as_product(std::move(text));
  };
  if (const auto* input = std::get_if<ir::Input>(&instruction.op)) return input->name();
  if (const auto* read = std::get_if<ir::Read>(&instruction.op)) return module.state(read->state).name;
  if (depth == 0) return "(...)";
  auto factor = [&](ValueId operand) {
    const std::string text = inner(operand);
    return text.find(' ') == std::string::npos || text.ends_with(")") ? text : "(" + text + ")";
  };
  if (const auto* product = std::get_if<ir::tp::Matmul>(&instruction.op)) {
    return inner(product->matrix) + (product->transposed ? ".T @ " : " @ ") + factor(product->argument);
  }
  if (const auto* product = std::get_if<ir::Contract>(&instruction.op)) {
    return product->rhs.valid() ? inner(product->lhs) + " @ " + factor(product->rhs)
                                : "sum(" + inner(product->lhs) + ")";
  }
  const auto* map = std::get_if<ir::Map>(&instruction.op);
  if (map == nullptr) return "(...)";
  const auto is_number = [&](ValueId operand) {
    const auto& op = function.at(operand).op;
    return std::holds_alternative<ir::tp::WidthPower>(op) || std::holds_alternative<ir::Constant>(op);
  };
  const std::vector<ValueId>& x = map->arguments;
  switch (ir::form_of(map->primitive)) {
    case ir::PrimitiveForm::sum: return inner(x[0]) + " + " + inner(x[1]);
    case ir::PrimitiveForm::difference: return inner(x[0]) + " - " + inner(x[1]);
    case ir::PrimitiveForm::negation: return "-" + inner(x[0]);
    case ir::PrimitiveForm::product:
      if (is_number(x[0])) return inner(x[1]);
      return is_number(x[1]) ? inner(x[0]) : factor(x[0]) + " * " + factor(x[1]);
    case ir::PrimitiveForm::quotient: return factor(x[0]) + " / " + factor(x[1]);
    case ir::PrimitiveForm::power: return factor(x[0]) + "^" + std::to_string(map->power);
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve: break;
  }
  return std::string(ir::primitive_name(map->primitive)) + "(" + inner(x[0]) + ")";
}

/// Whether the names are those of successive members of a family, W[2] and W[3].
bool follows(const std::string& name, const std::string& next) {
  const size_t bracket = name.find('[');
  if (bracket == std::string::npos || next.compare(0, bracket + 1, name, 0, bracket + 1) != 0) return false;
  int first = 0, second = 0;
  const auto read = [&](const std::string& text, int& index) {
    const auto result = std::from_chars(text.data() + bracket + 1, text.data() + text.size(), index);
    return result.ec == std::errc() && *result.ptr == ']';
  };
  return read(name, first) && read(next, second) && second == first + 1;
}

/// Three or more successive members of a family as one: W[2], W[3], W[4] are "W[2] to W[4]".
std::vector<std::string> runs_of_families(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (size_t begin = 0, end = 0; begin < names.size(); begin = end) {
    for (end = begin + 1; end < names.size() && follows(names[end - 1], names[end]);) ++end;
    if (end - begin < 3) {
      result.insert(result.end(), names.begin() + static_cast<ptrdiff_t>(begin),
                    names.begin() + static_cast<ptrdiff_t>(end));
    } else {
      result.push_back(names[begin] + " to " + names[end - 1]);
    }
  }
  return result;
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
  const bool one = use.states.size() == 1;
  const std::string weight = one ? module.state(use.states.front()).name : "(...)";
  const ir::Role role = one ? module.state(use.states.front()).role : ir::Role::finite;
  constexpr int depth = 2;
  std::string activation = expression(module, function, use.activation, depth);
  if (!function.at(use.activation).name.empty()) activation = as_product(std::move(activation));
  if (activation.find(' ') != std::string::npos && !activation.ends_with(")")) activation = "(" + activation + ")";
  if (!use.is_product) return "`" + activation + " + " + weight + "`";
  const auto product = [&](bool transposed) {
    return "`" + weight + (transposed ? ".T" : "") + " @ " + activation + "`";
  };
  return std::visit(
      ir::Overloaded{[&](const ir::Map&) { return "`" + weight + " * " + activation + "`"; },
                     [&](const ir::tp::Matmul& op) { return product(op.transposed); },
                     // Sums over the width: V @ z of V : [k, n], U.T @ z of U : [n, d], mean(v * z) of v : [n].
                     [&](const ir::tp::Moment&) {
                       if (role == ir::Role::vector) return "`mean(" + weight + " * " + activation + ")`";
                       return product(role == ir::Role::input);
                     },
                     [&](const ir::Contract&) { return product(role == ir::Role::output); },
                     [&](const auto&) { return product(false); }},
      function.at(use.result).op);
}

std::string quoted_value(const ir::tp::Module& module, const ir::tp::Function& function, ValueId id) {
  constexpr int depth = 3;
  return "`" + expression(module, function, id, depth) + "`";
}

std::string enumeration(const std::vector<std::string>& given) {
  std::vector<std::string> names = runs_of_families(given);
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace tpc::passes::width
