/// \file Counted loops in LLVM IR, and nests of them over finite dimensions.
#pragma once

#include <map>
#include <vector>

#include "codegen/llvm_headers.h"
#include "ir/core/extents.h"
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

/// The sizes of finite dimensions in one function (i64): constants where they are known, values for its extents.
class Extents {
 public:
  /// `values`: by FunctionExtents::of.
  Extents(const ir::limit::Module& module, ir::FunctionExtents extents, std::map<ir::DimId, llvm::Value*> values)
      : module_(&module), extents_(std::move(extents)), values_(std::move(values)) {}
  [[nodiscard]] llvm::Value* size(IrBuilder& builder, ir::DimId dim) const;
  [[nodiscard]] llvm::Value* product(IrBuilder& builder, const std::vector<ir::DimId>& dims) const;
  /// Row-major position of the indices in an array stored as `dims`; other dimensions' indices do not matter.
  llvm::Value* offset(IrBuilder& builder, const std::vector<ir::DimId>& dims, const Indices& indices) const;
  [[nodiscard]] const ir::FunctionExtents& of_function() const { return extents_; }

 private:
  const ir::limit::Module* module_;
  ir::FunctionExtents extents_;
  std::map<ir::DimId, llvm::Value*> values_;
};

/// A loop for each dimension, the last one innermost; `indices` holds the outer loops' indices and gets these.
Carried emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
                  const Carried& initial, llvm::function_ref<Carried(const Carried&)> body);
void emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
               llvm::function_ref<void()> body);

}  // namespace tpc::codegen
