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

template <class ModuleType>
void merge_equal(ModuleType& module) {
  using Op = typename ModuleType::Op;
  for (auto& function : module.functions) {
    std::unordered_map<std::string, ValueId> first;
    rewrite(module, function, [&](auto& builder, const Op& op, const auto& instruction) -> std::optional<ValueId> {
      if (has_effect(op)) return std::nullopt;
      Op sorted = op;
      sort_operands(sorted);
      ir::InstructionKey key(op.index(), instruction.type);
      ir::for_each_field(sorted, key);
      key("scale", instruction.scale);
      const auto [found, is_new] = first.try_emplace(key.take(), builder.function().body.size());
      return is_new ? std::nullopt : std::optional(found->second);
    });
  }
}

}  // namespace

void eliminate_common_subexpressions(ir::tp::Module& module) { merge_equal(module); }
void eliminate_common_subexpressions(ir::limit::Module& module) { merge_equal(module); }

}  // namespace tpc::passes
