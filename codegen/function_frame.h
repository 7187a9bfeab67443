/// \file The state of emitting one function of type tp_function: its arguments, its memory, its way out on failure.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "codegen/module_context.h"
#include "codegen/runtime_calls.h"
#include "codegen/value_access.h"

namespace tpc::codegen {

class FunctionFrame {
 public:
  FunctionFrame(const ModuleContext& module_context, const ir::limit::Function& source_function,
                const std::string& name);

  const ModuleContext& context;
  const ir::limit::Function& source;
  llvm::Function* target;
  IrBuilder builder;
  ValueAccess access;
  llvm::Value* runtime;       ///< the tp_context
  llvm::Value* sample_count;  ///< M, i64

  [[nodiscard]] llvm::Value* i32(uint32_t value) { return builder.getInt32(value); }
  [[nodiscard]] llvm::Value* extent(const std::vector<ir::DimId>& dims) {
    return access.extents().product(builder, dims);
  }

  /// Returns the status to the caller unless it is TP_OK.
  void check_status(llvm::Value* status);
  /// Gives the address back; a null one ends the function with TP_OUT_OF_MEMORY.
  llvm::Value* check_memory(llvm::Value* address);
  /// A fresh array of numbers that lives until the function returns.
  llvm::Value* new_numbers(llvm::Value* count);
  /// An address where the scalar's numbers stand in the order of `dims`: its own, or a copy's.
  llvm::Value* numbers_ordered(ir::ValueId id, const std::vector<ir::DimId>& dims);
  /// The sample rows of a random variable in the order of `dims`: its own, or a copy's.
  llvm::Value* rows_ordered(ir::ValueId id, const std::vector<ir::DimId>& dims);
  llvm::Value* copied_rows(ir::ValueId id, const std::vector<ir::DimId>& dims);
  /// The first sample slot that is free for copies.
  void copy_from_slot(uint32_t slot) { next_samples_slot_ = slot; }
  /// destination[index over dims] = value(index).
  void fill(llvm::Value* destination, const std::vector<ir::DimId>& dims,
            llvm::function_ref<llvm::Value*(const Indices&)> value);
  /// Fails with TP_INVALID_ARGUMENT at an index by which the instruction picks or adds to rows, or picks those it
  /// reads, and that is no place of their dimension. Once for every index.
  void check_indices_of(ir::ValueId user);
  /// The address of a stack slot of the entry block.
  llvm::Value* stack_array(llvm::Type* type, uint64_t count);
  /// Returns TP_OK; to be called last. The function, which calls kernels, nests and the runtime one after the other
  /// with a branch after each, is not optimised: that takes longer than all its kernels and gains nothing.
  void finish();

 private:
  void leave_unless(llvm::Value* fine, llvm::Value* status);
  void check_index(ir::ValueId index, ir::DimId dim);

  std::set<std::pair<ir::ValueId, ir::DimId>> checked_indices_;
  uint32_t next_numbers_slot_ = 0, next_samples_slot_ = 0;
  llvm::BasicBlock* failure_;
  llvm::PHINode* failure_status_;
};

}  // namespace tpc::codegen
