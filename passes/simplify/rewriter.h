/// \file Rewrites a function instruction by instruction, for either IR: the frame of every local transformation.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ir/core/builder.h"
#include "ir/core/fields.h"

namespace tpc::passes {

/// Rebuilds `function` front to back. For each instruction, `replace(builder, op, instruction)` is called with its
/// operation in terms of the new values and decides:
///   - nothing (std::nullopt): it is copied;
///   - a value: it takes the instruction's place, and its name if it has none. Its scale is that of the instruction if
///     it is new or takes the name. A value of another type (dimensions in another order count) is no replacement: what
///     was built for it is taken back and the instruction copied.
/// Returns the number of instructions replaced.
template <class ModuleType, class Replace>
size_t rewrite(ModuleType& module, ir::Function<typename ModuleType::Op>& function, Replace&& replace) {
  using Op = typename ModuleType::Op;
  const auto old = std::exchange(function.body, {});
  ir::Builder<ModuleType> builder(module, function);
  std::vector<ir::ValueId> renamed;
  renamed.reserve(old.size());
  size_t changes = 0;
  for (const ir::Instruction<Op>& instruction : old) {
    Op op = instruction.op;
    ir::for_each_operand(op, [&](ir::ValueId& operand) { operand = renamed[operand.index]; });
    const size_t begin = function.body.size();
    builder.at(instruction.span);
    std::optional<ir::ValueId> replacement = replace(builder, std::as_const(op), instruction);
    if (replacement && function.type(*replacement) != instruction.type) {
      function.body.erase(function.body.begin() + static_cast<std::ptrdiff_t>(begin), function.body.end());
      replacement.reset();
    }
    if (!replacement) {
      function.body.push_back({std::move(op), instruction.type, instruction.name, instruction.span, instruction.scale});
      replacement = ir::ValueId(function.body.size() - 1);
    } else {
      ++changes;
      ir::Instruction<Op>& present = function.body[replacement->index];
      const bool takes_name = present.name.empty() && !instruction.name.empty();
      if (takes_name) present.name = instruction.name;
      if (takes_name || replacement->index >= begin) present.scale = instruction.scale;
    }
    renamed.push_back(*replacement);
  }
  for (ir::Result& result : function.results) result.value = renamed[result.value.index];
  return changes;
}

/// Whether the operation must stay although nobody uses its value (Write, Append).
template <class Op>
bool has_effect(const Op& op) {
  return std::visit([]<class Alternative>(const Alternative&) { return ir::HasEffect<Alternative>; }, op);
}

}  // namespace tpc::passes
