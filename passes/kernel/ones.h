/// \file The number 1 over both batches.
#pragma once

#include "ir/core/builder.h"
#include "ir/tp/ir.h"
#include "passes/kernel/inner_product.h"
#include "passes/kernel/no_kernel.h"

namespace tpc::passes::kernel {

/// scalar[B,B'], all 1: x^0 of an input of `function` (of `source`), averaged over the input's other dimensions.
/// Throws NoKernel if the function does not read data on both sides.
template <class ModuleType>
ir::ValueId ones(ir::Builder<ModuleType>& builder, const ir::tp::Function& function, const BatchPair& batches) {
  ir::ValueId result;
  for (ir::DimId batch : {batches.batch, batches.other}) {
    const ir::tp::Instruction* input = nullptr;
    for (const ir::tp::Instruction& instruction : function.body) {
      const bool over = ir::contains_dim(instruction.type.dims, batch);
      if (over && std::holds_alternative<ir::Input>(instruction.op)) input = &instruction;
    }
    if (input == nullptr) throw NoKernel{"the network reads no data", function.span};
    const ir::ValueId data = builder.input(std::get<ir::Input>(input->op), input->type.dims);
    ir::ValueId one = builder.map(ir::Primitive::Pow, {data}, 0);
    for (ir::DimId dim : ir::without_dims(builder.type(one).dims, {batch})) {
      one = builder.div(builder.contract(one, {}, {dim}), builder.insert(ir::DimSize{dim}));
    }
    result = result.valid() ? builder.mul(result, one) : one;
  }
  return result;
}

}  // namespace tpc::passes::kernel
