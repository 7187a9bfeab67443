#include "tests/fuzz/retype.h"

#include <optional>
#include <vector>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::fuzz {
namespace {

using ir::ValueId;

template <class ModuleType>
void retype(const ModuleType& module, ir::Function<typename ModuleType::Op>& function) {
  const auto old = std::move(function.body);
  function.body.clear();
  std::vector<std::optional<ValueId>> renamed;
  for (const auto& instruction : old) {
    auto made = instruction;
    bool complete = true;
    ir::for_each_operand(made.op, [&](ValueId& operand) {
      complete = complete && operand.index < renamed.size() && renamed[operand.index];
      if (complete) operand = *renamed[operand.index];
    });
    const bool is_input = std::holds_alternative<ir::Input>(made.op);
    const ir::Typing typing = complete && !is_input ? infer_type(module, function, made.op) : ir::Typing::failure("");
    if (typing.type) made.type = *typing.type;
    if (!is_input && !typing.type) {
      renamed.emplace_back();
      continue;
    }
    if (made.type.kind == ir::Kind::none) made.scale = {};
    function.body.push_back(std::move(made));
    renamed.emplace_back(ValueId(function.body.size() - 1));
  }
  std::erase_if(function.results, [&](const ir::Result& result) {
    return result.value.index >= renamed.size() || !renamed[result.value.index];
  });
  for (ir::Result& result : function.results) result.value = *renamed[result.value.index];
}

template <class Parsed>
std::optional<std::string> printed(Parsed parsed) {
  if (parsed.index() != 0) return std::nullopt;
  auto& module = std::get<0>(parsed);
  for (auto& function : module.functions) retype(module, function);
  return print(module);
}

}  // namespace

std::string retyped(const std::string& text) {
  const auto made = text.starts_with("limit") ? printed(ir::limit::parse(text)) : printed(ir::tp::parse(text));
  return made.value_or(text);
}

}  // namespace tpc::fuzz
