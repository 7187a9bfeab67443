#include "passes/simplify/dce.h"

#include "passes/simplify/rewriter.h"

namespace tpc::passes {
namespace {

template <class Op>
std::vector<bool> find_live(const ir::Function<Op>& function) {
  std::vector<bool> live(function.body.size(), false);
  for (const ir::Result& result : function.results) live[result.value.index] = true;
  for (size_t i = function.body.size(); i-- > 0;) {
    const Op& op = function.body[i].op;
    live[i] = live[i] || has_effect(op);
    if (!live[i]) continue;
    ir::for_each_operand(op, [&](ir::ValueId operand) { live[operand.index] = true; });
  }
  return live;
}

template <class Op>
void drop_dead(ir::Function<Op>& function) {
  const std::vector<bool> live = find_live(function);
  std::vector<ir::ValueId> renamed(function.body.size());
  size_t kept = 0;
  for (size_t i = 0; i < function.body.size(); ++i) {
    if (!live[i]) continue;
    ir::for_each_operand(function.body[i].op, [&](ir::ValueId& operand) { operand = renamed[operand.index]; });
    renamed[i] = ir::ValueId(kept);
    if (kept != i) function.body[kept] = std::move(function.body[i]);
    ++kept;
  }
  function.body.resize(kept);
  for (ir::Result& result : function.results) result.value = renamed[result.value.index];
}

}  // namespace

std::vector<bool> live_instructions(const ir::tp::Function& function) { return find_live(function); }
std::vector<bool> live_instructions(const ir::limit::Function& function) { return find_live(function); }

void eliminate_dead_code(ir::tp::Function& function) { drop_dead(function); }
void eliminate_dead_code(ir::limit::Function& function) { drop_dead(function); }

void eliminate_dead_code(ir::tp::Module& module) {
  for (auto& function : module.functions) drop_dead(function);
}
void eliminate_dead_code(ir::limit::Module& module) {
  for (auto& function : module.functions) drop_dead(function);
}

}  // namespace tpc::passes
