/// \file Counted loops in LLVM IR, and nests of them over finite dimensions.
#pragma once

#include <map>
#include <vector>

#include "codegen/llvm_headers.h"
#include "ir/limit/ops.h"

namespace tpc::codegen {

using IrBuilder = llvm::IRBuilder<>;
/// Values carried from one iteration to the next (accumulators).
using Carried = llvm::SmallVector<llvm::Value*, 4>;
/// The loop index (i64) of each dimension that is being walked through.
using Indices = std::map<ir::DimId, llvm::Value*>;

/// for (i = begin; i < end; i += step) carried = body(i, carried); gives the last `carried`. The body may make blocks.
Carried emit_loop(IrBuilder& builder, llvm::Value* begin, llvm::Value* end, int64_t step, const Carried& initial,
                  llvm::function_ref<Carried(llvm::Value*, const Carried&)> body);

/// The sizes of finite dimensions: constants where they are known, the batch elsewhere (i64).
class Extents {
 public:
  Extents(const ir::limit::Module& module, llvm::Value* batch) : module_(&module), batch_(batch) {}
  [[nodiscard]] llvm::Value* size(ir::DimId dim) const;
  [[nodiscard]] llvm::Value* product(IrBuilder& builder, const std::vector<ir::DimId>& dims) const;
  /// Row-major position of the indices in an array stored as `dims`; other dimensions' indices do not matter.
  llvm::Value* offset(IrBuilder& builder, const std::vector<ir::DimId>& dims, const Indices& indices) const;
  [[nodiscard]] llvm::Value* batch() const { return batch_; }

 private:
  const ir::limit::Module* module_;
  llvm::Value* batch_;
};

/// A loop for each dimension, the last one innermost; `indices` holds the outer loops' indices and gets these.
Carried emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
                  const Carried& initial, llvm::function_ref<Carried(const Carried&)> body);
void emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
               llvm::function_ref<void()> body);

}  // namespace tpc::codegen
