#include "passes/gaussian/quadrature.h"

#include <algorithm>
#include <set>

namespace tpc::passes {
namespace {

namespace limit = ir::limit;

/// The dimensions that carry nodes.
std::set<ir::DimId> quadrature_dims(const limit::Module& module) {
  std::set<ir::DimId> dims;
  for (const limit::Function& function : module.functions) {
    for (const limit::Instruction& instruction : function.body) {
      if (const auto* rule = std::get_if<limit::NormalRule>(&instruction.op)) dims.insert(rule->dim);
    }
  }
  return dims;
}

}  // namespace

int64_t quadrature_nodes(const limit::Module& module) {
  int64_t most = 0;
  for (ir::DimId dim : quadrature_dims(module)) most = std::max(most, module.dim(dim).size.value_or(0));
  return most;
}

limit::Module with_quadrature_nodes(limit::Module module, int64_t nodes) {
  for (ir::DimId dim : quadrature_dims(module)) module.dims[dim.index].size = nodes;
  return module;
}

}  // namespace tpc::passes
