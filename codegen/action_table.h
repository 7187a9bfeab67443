/// \file What a compiled function does, as a table: a row is an action, a small LLVM function, with its operands. The
/// steps of a recurrence are rows with equal actions, so that code does not grow with their number.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codegen/loops.h"

namespace tpc::codegen {

/// int32_t action(tp_context* context, void* frame, const uint32_t* operands)
llvm::FunctionType* action_type(llvm::LLVMContext& context);

class ActionTable {
 public:
  /// One more row.
  void add(llvm::Function* action, const std::vector<uint32_t>& operands);
  /// Ends the function at which `builder` stands: all rows one after the other; returns the first status that is not
  /// TP_OK, or TP_OK.
  void emit(IrBuilder& builder, llvm::Value* context, llvm::Value* frame) const;

 private:
  llvm::Value* emit_row(IrBuilder& builder, llvm::Value* row, llvm::Value* context, llvm::Value* frame) const;

  std::vector<llvm::Function*> actions_;  ///< each once
  std::map<llvm::Function*, uint32_t> number_of_;
  std::vector<uint32_t> rows_;  ///< of each the action's number and where its operands begin
  std::vector<uint32_t> operands_;
};

}  // namespace tpc::codegen
