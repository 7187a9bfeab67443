/// \file The state of emitting one function of type tp_function: its actions (action_table.h), its memory, its way out
/// on failure. What an action makes for later ones stands in the function's frame, an array of 8-byte cells; which
/// cells, slots and states it works with are operands of its row.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "codegen/action_table.h"
#include "codegen/module_context.h"
#include "codegen/runtime_calls.h"
#include "codegen/value_access.h"

namespace tpc::codegen {

/// A place of the frame.
enum class Cell : uint32_t { sample_count, extents, fields, results, first_free };

class FunctionFrame {
 public:
  FunctionFrame(const ModuleContext& module_context, const ir::limit::Function& source_function,
                const std::string& function_name);
  FunctionFrame(const FunctionFrame&) = delete;
  FunctionFrame& operator=(const FunctionFrame&) = delete;

  const ModuleContext& context;
  const ir::limit::Function& source;
  const ir::FunctionExtents function_extents;
  const std::string name;

  /// Emits one action by `emit`, which works with what follows.
  void act(llvm::function_ref<void()> emit);

  // Of the action at work:
  IrBuilder builder;
  ValueAccess access;
  llvm::Value* runtime = nullptr;       ///< the tp_context
  llvm::Value* sample_count = nullptr;  ///< M, i64

  /// What differs between rows of equal actions.
  llvm::Value* operand(uint32_t value);
  llvm::Value* operand(double value);
  /// The address that stands in the cell.
  llvm::Value* load(Cell cell);
  /// Keeps an address for later actions.
  Cell keep(llvm::Value* address);
  /// Says where the array of `maker` (no relabel) is.
  void place(ir::ValueId maker, Cell cell) { cell_of_[maker] = cell; }
  void place(ir::ValueId maker, llvm::Value* address) { place(maker, keep(address)); }

  [[nodiscard]] llvm::Value* i32(uint32_t value) { return builder.getInt32(value); }
  [[nodiscard]] llvm::Value* extent(const std::vector<ir::DimId>& dims) {
    return access.extents().product(builder, dims);
  }
  /// A new block of the action.
  [[nodiscard]] llvm::BasicBlock* new_block(const char* block_name) {
    return llvm::BasicBlock::Create(builder.getContext(), block_name, action_);
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
  /// The address of a stack slot, which the action gives up when it returns.
  llvm::Value* stack_array(llvm::Type* type, uint64_t count);

  /// An action that fails with TP_INVALID_ARGUMENT at an index by which the instruction picks or adds to rows, or picks
  /// those it reads, and that is no place of their dimension. Once for every index.
  void check_indices_of(ir::ValueId user);
  /// The function, which runs all actions; to be called last.
  llvm::Function* finish();

 private:
  void begin_action();
  void end_action();
  llvm::Value* operand_address(llvm::ArrayRef<uint32_t> values);
  llvm::Value* cell_address(llvm::Value* cell);
  llvm::Value* array_of(ir::ValueId maker);
  Extents load_extents();
  void leave_unless(llvm::Value* fine, llvm::Value* status);
  void check_index(ir::ValueId index, ir::DimId dim);

  const std::vector<ir::DimId> model_extents_;  ///< in the order of the caller's table
  ActionTable actions_;
  std::map<ir::ValueId, Cell> cell_of_;
  uint32_t next_cell_ = static_cast<uint32_t>(Cell::first_free);
  std::set<std::pair<ir::ValueId, ir::DimId>> checked_indices_;
  uint32_t next_numbers_slot_ = 0, next_samples_slot_ = 0;

  // Of the action at work:
  llvm::Function* action_ = nullptr;
  IrBuilder at_entry_;                      ///< operands and cells are read there, in front of all loops
  std::vector<uint32_t> operands_;          ///< of its row
  std::map<Cell, llvm::Value*> addresses_;  ///< that it made or read
  llvm::BasicBlock* failure_ = nullptr;
  llvm::PHINode* failure_status_ = nullptr;
};

}  // namespace tpc::codegen
