/// \file Where the values of a Limit IR function are in memory, as seen from one LLVM function.
/// Numbers: double arrays in the order of storage_dims. Random variables: [rows, M] sample values.
#pragma once

#include <functional>
#include <map>

#include "codegen/loops.h"
#include "codegen/module_context.h"
#include "ir/limit/ops.h"

namespace tpc::codegen {

/// Constants and dimension sizes: values without memory.
bool is_immediate(const ir::limit::Function& function, ir::ValueId id);

class ValueAccess {
 public:
  /// Gives an array that has not been placed; null: there is none.
  using Elsewhere = std::function<llvm::Value*(ir::ValueId maker)>;

  ValueAccess(const ModuleContext& context, const ir::limit::Function& function, Extents extents,
              Elsewhere elsewhere = {})
      : context_(&context), function_(&function), extents_(std::move(extents)), elsewhere_(std::move(elsewhere)) {}

  /// Says where the array of `maker` (no relabel) is.
  void place(ir::ValueId maker, llvm::Value* pointer) { places_[maker] = pointer; }
  /// The array of the value, or of what it renames.
  [[nodiscard]] llvm::Value* pointer(ir::ValueId id) const;
  /// An immediate value as a double.
  [[nodiscard]] llvm::Value* immediate(IrBuilder& builder, ir::ValueId id) const;
  /// One number of a scalar value; dimensions it does not have are ignored (broadcasting).
  [[nodiscard]] llvm::Value* number(IrBuilder& builder, ir::ValueId id, const Indices& indices) const;
  /// The address of sample 0 in the row of `base` that the indices name; `dims`: of the array.
  [[nodiscard]] llvm::Value* row(IrBuilder& builder, llvm::Value* base, const std::vector<ir::DimId>& dims,
                                 const Indices& indices, llvm::Value* sample_count) const;
  /// The row of a random variable in memory; of picked rows (is_picked_rows) without memory of their own, the row of
  /// their table, or `absent` where the index is.
  [[nodiscard]] llvm::Value* row(IrBuilder& builder, ir::ValueId id, const Indices& indices, llvm::Value* sample_count,
                                 llvm::Value* absent) const;
  [[nodiscard]] llvm::Value* picked_row(IrBuilder& builder, const ir::Gather& rows, const Indices& indices,
                                        llvm::Value* sample_count, llvm::Value* absent) const;
  /// The indices of a loop nest with the place along `dim` that an index names.
  struct Place {
    Indices indices;         ///< 0 along `dim` where it is absent
    llvm::Value* is_absent;  ///< i1
  };
  [[nodiscard]] Place place_of(IrBuilder& builder, ir::ValueId index, ir::DimId dim, const Indices& indices) const {
    return place_of(builder, number(builder, index, indices), dim, indices);
  }
  [[nodiscard]] static Place place_of(IrBuilder& builder, llvm::Value* index, ir::DimId dim, Indices indices);
  [[nodiscard]] const Extents& extents() const { return extents_; }

 private:
  [[nodiscard]] llvm::Value* find(ir::ValueId maker) const;

  const ModuleContext* context_;
  const ir::limit::Function* function_;
  Extents extents_;
  Elsewhere elsewhere_;
  std::map<ir::ValueId, llvm::Value*> places_;
};

}  // namespace tpc::codegen
