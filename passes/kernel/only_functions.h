/// \file A part of a module's functions as a module.
#pragma once

#include <utility>
#include <vector>

#include "passes/limit/unused_states.h"

namespace tpc::passes::kernel {

/// The functions whose keys are `wanted`, with the states they mention.
template <class Wanted>
ir::limit::Module only_functions(ir::limit::Module module, Wanted&& wanted) {
  std::erase_if(module.functions, [&](const ir::limit::Function& function) { return !wanted(function.key); });
  drop_unmentioned_states(module);
  return module;
}

}  // namespace tpc::passes::kernel
