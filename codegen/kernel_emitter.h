/// \file The fused part of a phase as one LLVM function of type tp_kernel.
/// Its arguments are an array of 8-byte slots: M, the addresses of the weights, of the random variable 0 and of room
/// for one that nobody reads, the sizes of `extents`, the addresses of `arrays`.
#pragma once

#include <vector>

#include "codegen/buffer_plan.h"
#include "codegen/module_context.h"
#include "ir/core/extents.h"

namespace tpc::codegen {

struct EmittedKernel {
  llvm::Function* function = nullptr;
  std::vector<ir::DimId> extents;    ///< whose sizes it needs, in argument order
  std::vector<ir::ValueId> arrays;   ///< makers of the arrays it reads and writes, in argument order
  int64_t least_block = 0;           ///< sample points that it should be given at least
  std::vector<ir::StateId> changed;  ///< states to which it adds rows; their addresses stand behind the arrays
};

/// The slots before the extents.
enum KernelArgument : unsigned { kernel_sample_count, kernel_weights, kernel_zero, kernel_waste, kernel_first_extent };

EmittedKernel emit_kernel(const ModuleContext& context, const ir::limit::Function& function,
                          const ir::FunctionExtents& extents, const KernelPlan& plan, const BufferPlan& buffers,
                          const std::string& name);

}  // namespace tpc::codegen
