/// \file The fused part of a phase as one LLVM function of type tp_kernel.
/// Its arguments are an array of 8-byte slots: M, the batch, the weights' address, then the addresses of `arrays`.
#pragma once

#include <vector>

#include "codegen/buffer_plan.h"
#include "codegen/module_context.h"

namespace tpc::codegen {

struct EmittedKernel {
  llvm::Function* function = nullptr;
  std::vector<ir::ValueId> arrays;  ///< makers of the arrays it reads and writes, in argument order
};

/// The slots before the arrays.
enum KernelArgument : unsigned { kernel_sample_count, kernel_batch, kernel_weights, kernel_first_array };

EmittedKernel emit_kernel(const ModuleContext& context, const ir::limit::Function& function, const KernelPlan& plan,
                          const BufferPlan& buffers, const std::string& name);

}  // namespace tpc::codegen
