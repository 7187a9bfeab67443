#include "passes/simplify/cse.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "ir/core/instruction_key.h"
#include "ir/core/primitive_traits.h"
#include "passes/simplify/rewriter.h"

namespace tpc::passes {
namespace {

using ir::ValueId;

/// Puts operands that commute into one order (the type is compared besides).
template <class Op>
void sort_operands(Op& op) {
  std::visit(
      []<class Alternative>(Alternative& alternative) {
        if constexpr (std::is_same_v<Alternative, ir::Map>) {
          if (ir::commutes(alternative.primitive))
            std::sort(alternative.arguments.begin(), alternative.arguments.end());
        } else if constexpr (ir::SymmetricBilinear<Alternative>) {
          if (alternative.rhs.valid() && alternative.rhs < alternative.lhs) std::swap(alternative.lhs, alternative.rhs);
        }
      },
      op);
}

/// Of two names for one value the user's stays: rather h than the product's own name, `U x`, or none.
void prefer_users_name(std::string& kept, const std::string& other) {
  const bool users = !other.empty() && other.find(' ') == std::string::npos;
  const bool made = kept.empty() || (kept.find(' ') != std::string::npos && kept.find('(') == std::string::npos);
  if (users && made) kept = other;
}

template <class ModuleType>
void merge_equal(ModuleType& module, ir::Function<typename ModuleType::Op>& function) {
  using Op = typename ModuleType::Op;
  std::unordered_map<std::string, ValueId> first;
  rewrite(module, function, [&](auto& builder, const Op& op, const auto& instruction) -> std::optional<ValueId> {
    if (has_effect(op)) return std::nullopt;
    Op sorted = op;
    sort_operands(sorted);
    ir::InstructionKey key(op.index(), instruction.type);
    ir::for_each_field(sorted, key);
    key("scale", instruction.scale);
    const auto [found, is_new] = first.try_emplace(key.take(), builder.function().body.size());
    if (is_new) return std::nullopt;
    prefer_users_name(builder.function().body[found->second.index].name, instruction.name);
    return found->second;
  });
}

template <class ModuleType>
void merge_equal(ModuleType& module) {
  for (auto& function : module.functions) merge_equal(module, function);
}

}  // namespace

void eliminate_common_subexpressions(ir::tp::Module& module) { merge_equal(module); }
void eliminate_common_subexpressions(ir::limit::Module& module) { merge_equal(module); }

void eliminate_common_subexpressions(ir::tp::Module& module, ir::tp::Function& function) {
  merge_equal(module, function);
}

}  // namespace tpc::passes
