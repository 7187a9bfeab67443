#include "ir/limit/random.h"

#include <algorithm>

namespace tpc::ir::limit {

bool has_random_variables(const Function& function) {
  return std::ranges::any_of(function.body,
                             [](const Instruction& instruction) { return instruction.type.kind == Kind::vector; });
}

bool has_random_variables(const Module& module) {
  return std::ranges::any_of(module.functions, [](const Function& function) { return has_random_variables(function); });
}

}  // namespace tpc::ir::limit
