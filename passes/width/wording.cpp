#include "passes/width/wording.h"

#include <charconv>

namespace tpc::passes::width {

using ir::Exponent;
using ir::ValueId;

namespace {

/// The name of an activation: the user's, a data field's, or a stand-in.
std::string plain_name(const ir::tp::Function& function, ValueId id) {
  const auto& instruction = function.at(id);
  if (!instruction.name.empty()) return instruction.name;
  if (const auto* input = std::get_if<ir::Input>(&instruction.op)) return input->name();
  return "(...)";
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
  std::string weight = use.states.size() == 1 ? module.state(use.states.front()).name : "(...)";
  std::string activation = plain_name(function, use.activation);
  const auto& op = function.at(use.result).op;
  if (!use.is_product) return "`" + activation + " + " + weight + "`";
  if (std::holds_alternative<ir::Map>(op)) return "`" + weight + " * " + activation + "`";
  const auto* matmul = std::get_if<ir::tp::Matmul>(&op);
  return "`" + weight + (matmul != nullptr && matmul->transposed ? ".T" : "") + " @ " + activation + "`";
}

std::string quoted_value(const ir::tp::Function& function, ValueId id) {
  const std::string& name = function.at(id).name;
  return name.empty() ? "number " + std::to_string(id.index) + " of `" + function.name() + "`" : "`" + name + "`";
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
