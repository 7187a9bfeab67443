#include "codegen/function_frame.h"

#include <array>
#include <bit>

#include <llvm/Analysis/CFG.h>
#include <llvm/Transforms/Utils/Local.h>

#include "base/diag/check.h"
#include "codegen/equal_functions.h"
#include "codegen/model_interface.h"
#include "codegen/schedule/phases.h"
#include "ir/core/fields.h"
#include "ir/core/visit.h"

namespace tpc::codegen {

namespace {

/// int32_t f(tp_context *context, const double *const *fields, const int64_t *extents, double *const *results)
llvm::Function* declare(const ModuleContext& context, const std::string& name) {
  llvm::LLVMContext& llvm_context = context.target.getContext();
  auto* pointer = llvm::PointerType::getUnqual(llvm_context);
  auto* type =
      llvm::FunctionType::get(llvm::Type::getInt32Ty(llvm_context), {pointer, pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, context.target);
  function->setDoesNotThrow();
  const char* names[] = {"context", "fields", "extents", "results"};
  for (unsigned i = 0; i < 4; ++i) function->getArg(i)->setName(names[i]);
  return function;
}

bool has_loop(const llvm::Function& function) {
  llvm::SmallVector<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>, 4> back_edges;
  llvm::FindFunctionBackedges(function, back_edges);
  return !back_edges.empty();
}

/// Calls one after the other are not worth the time that LLVM takes to optimise them.
void leave_as_it_is(llvm::Function& function) {
  function.addFnAttr(llvm::Attribute::NoInline);  // which the next one asks for
  function.addFnAttr(llvm::Attribute::OptimizeNone);
}

constexpr unsigned operand_alignment = 4;

}  // namespace

FunctionFrame::FunctionFrame(const ModuleContext& module_context, const ir::limit::Function& source_function,
                             const std::string& function_name)
    : context(module_context),
      source(source_function),
      function_extents(module_context.source, source_function),
      name(function_name),
      builder(module_context.target.getContext()),
      access(module_context, source_function, {module_context.source, function_extents, {}}),
      model_extents_(extents_of(module_context.source)),
      at_entry_(module_context.target.getContext()) {}

void FunctionFrame::act(llvm::function_ref<void()> emit) {
  begin_action();
  emit();
  end_action();
}

void FunctionFrame::begin_action() {
  TPC_CHECK(action_ == nullptr, "an action inside of another one");
  llvm::LLVMContext& llvm_context = context.target.getContext();
  action_ = llvm::Function::Create(action_type(llvm_context), llvm::Function::InternalLinkage, name + ".action",
                                   context.target);
  action_->setDoesNotThrow();
  const char* names[] = {"context", "frame", "operands"};
  for (unsigned i = 0; i < 3; ++i) action_->getArg(i)->setName(names[i]);
  at_entry_.SetInsertPoint(new_block("entry"));
  builder.SetInsertPoint(new_block("action"));
  failure_ = new_block("failure");
  IrBuilder at_failure(failure_);
  failure_status_ = at_failure.CreatePHI(at_failure.getInt32Ty(), 8, "status");
  at_failure.CreateRet(failure_status_);
  operands_.clear();
  addresses_.clear();
  runtime = action_->getArg(0);
  sample_count = at_entry_.CreateLoad(at_entry_.getInt64Ty(),
                                      cell_address(at_entry_.getInt64(static_cast<uint64_t>(Cell::sample_count))));
  access = ValueAccess(context, source, load_extents(), [this](ir::ValueId maker) { return array_of(maker); });
}

void FunctionFrame::end_action() {
  builder.CreateRet(i32(TP_OK));
  if (failure_status_->getNumIncomingValues() == 0) failure_->eraseFromParent();
  llvm::BasicBlock& entry = action_->getEntryBlock();
  at_entry_.CreateBr(entry.getNextNode());
  // Which sizes an action does not need is not to tell it from others.
  for (llvm::Instruction& instruction : llvm::make_early_inc_range(llvm::reverse(entry))) {
    if (llvm::isInstructionTriviallyDead(&instruction)) instruction.eraseFromParent();
  }
  if (!has_loop(*action_)) leave_as_it_is(*action_);
  actions_.add(context.equal_functions.one_of_equals(std::exchange(action_, nullptr)), operands_);
}

/// The entries of the caller's table that the function uses.
Extents FunctionFrame::load_extents() {
  std::map<ir::DimId, llvm::Value*> sizes;
  if (function_extents.used().empty()) return {context.source, function_extents, sizes};
  llvm::Value* table = at_entry_.CreateLoad(at_entry_.getPtrTy(),
                                            cell_address(at_entry_.getInt64(static_cast<uint64_t>(Cell::extents))));
  for (ir::DimId extent : function_extents.used()) {
    llvm::Value* entry =
        at_entry_.CreateConstInBoundsGEP1_64(at_entry_.getInt64Ty(), table, extent_index(model_extents_, extent));
    sizes[extent] = at_entry_.CreateLoad(at_entry_.getInt64Ty(), entry, context.source.dim(extent).name);
  }
  return {context.source, function_extents, std::move(sizes)};
}

llvm::Value* FunctionFrame::operand_address(llvm::ArrayRef<uint32_t> values) {
  llvm::Value* address =
      at_entry_.CreateConstInBoundsGEP1_64(at_entry_.getInt32Ty(), action_->getArg(2), operands_.size());
  operands_.insert(operands_.end(), values.begin(), values.end());
  return address;
}

llvm::Value* FunctionFrame::operand(uint32_t value) {
  llvm::Value* address = operand_address(value);
  return at_entry_.CreateLoad(at_entry_.getInt32Ty(), address);
}

llvm::Value* FunctionFrame::operand(double value) {
  llvm::Value* address = operand_address(std::bit_cast<std::array<uint32_t, 2>>(value));
  return at_entry_.CreateAlignedLoad(at_entry_.getDoubleTy(), address, llvm::Align(operand_alignment));
}

llvm::Value* FunctionFrame::cell_address(llvm::Value* cell) {
  return at_entry_.CreateInBoundsGEP(at_entry_.getInt64Ty(), action_->getArg(1), cell);
}

llvm::Value* FunctionFrame::load(Cell cell) {
  llvm::Value*& address = addresses_[cell];
  if (address == nullptr) {
    llvm::Value* index = at_entry_.CreateZExt(operand(static_cast<uint32_t>(cell)), at_entry_.getInt64Ty());
    address = at_entry_.CreateLoad(at_entry_.getPtrTy(), cell_address(index));
  }
  return address;
}

Cell FunctionFrame::keep(llvm::Value* address) {
  const auto cell = static_cast<Cell>(next_cell_++);
  llvm::Value* index = at_entry_.CreateZExt(operand(static_cast<uint32_t>(cell)), at_entry_.getInt64Ty());
  builder.CreateStore(address, cell_address(index));
  addresses_[cell] = address;
  return cell;
}

llvm::Value* FunctionFrame::array_of(ir::ValueId maker) {
  const auto cell = cell_of_.find(maker);
  return cell == cell_of_.end() ? nullptr : load(cell->second);
}

void FunctionFrame::leave_unless(llvm::Value* fine, llvm::Value* status) {
  auto* next = new_block("next");
  failure_status_->addIncoming(status, builder.GetInsertBlock());
  builder.CreateCondBr(fine, next, failure_);
  builder.SetInsertPoint(next);
}

void FunctionFrame::check_status(llvm::Value* status) {
  leave_unless(builder.CreateICmpEQ(status, i32(TP_OK)), status);
}

llvm::Value* FunctionFrame::check_memory(llvm::Value* address) {
  leave_unless(builder.CreateIsNotNull(address), i32(TP_OUT_OF_MEMORY));
  return address;
}

llvm::Value* FunctionFrame::new_numbers(llvm::Value* count) {
  return check_memory(
      call_runtime(builder, RuntimeFunction::tp_rt_scalars, {runtime, operand(next_numbers_slot_++), count}));
}

llvm::Value* FunctionFrame::rows_ordered(ir::ValueId id, const std::vector<ir::DimId>& dims) {
  return source.type(id).dims == dims ? access.pointer(id) : copied_rows(id, dims);
}

llvm::Value* FunctionFrame::copied_rows(ir::ValueId id, const std::vector<ir::DimId>& dims) {
  llvm::Value* copy = check_memory(
      call_runtime(builder, RuntimeFunction::tp_rt_samples, {runtime, operand(next_samples_slot_++), extent(dims)}));
  const uint64_t element_bytes = context.element->getScalarSizeInBits() / 8;
  llvm::Value* row_bytes = builder.CreateNSWMul(sample_count, builder.getInt64(element_bytes));
  Indices indices;
  emit_nest(builder, access.extents(), dims, indices, [&] {
    auto row = [&](llvm::Value* base, const std::vector<ir::DimId>& order) {
      return access.row(builder, base, order, indices, sample_count);
    };
    const llvm::MaybeAlign alignment(element_bytes);
    builder.CreateMemCpy(row(copy, dims), alignment, row(access.pointer(id), source.type(id).dims), alignment,
                         row_bytes);
  });
  return copy;
}

void FunctionFrame::fill(llvm::Value* destination, const std::vector<ir::DimId>& dims,
                         llvm::function_ref<llvm::Value*(const Indices&)> value) {
  Indices indices;
  emit_nest(builder, access.extents(), dims, indices, [&] {
    llvm::Value* number = value(indices);
    llvm::Value* offset = access.extents().offset(builder, dims, indices);
    builder.CreateStore(number, builder.CreateInBoundsGEP(builder.getDoubleTy(), destination, offset));
  });
}

llvm::Value* FunctionFrame::numbers_ordered(ir::ValueId id, const std::vector<ir::DimId>& dims) {
  if (!is_immediate(source, id) && storage_dims(context.source, source, id) == dims) {
    return access.pointer(id);
  }
  llvm::Value* copy = new_numbers(extent(dims));
  const auto* constant = std::get_if<ir::Constant>(&source.at(id).op);
  llvm::Value* number = constant != nullptr ? operand(constant->value) : nullptr;
  fill(copy, dims,
       [&](const Indices& indices) { return number != nullptr ? number : access.number(builder, id, indices); });
  return copy;
}

void FunctionFrame::check_indices_of(ir::ValueId user) {
  const auto check = [&](ir::ValueId id) {
    std::visit(ir::Overloaded{[&](const ir::OneOf<ir::Gather, ir::Scatter, ir::AddRows> auto& rows) {
                                check_index(rows.index, rows.dim);
                              },
                              [](const auto&) {}},
               source.at(id).op);
  };
  check(user);
  for (ir::ValueId operand : ir::operands(source.at(user).op)) {
    for (ir::ValueId read : sources(source, operand)) {
      if (is_picked_rows(source, read)) check(read);
    }
  }
}

void FunctionFrame::check_index(ir::ValueId index, ir::DimId dim) {
  if (!checked_indices_.insert({without_relabels(source, index), dim}).second) return;
  act([&] {
    const auto& dims = source.type(index).dims;
    llvm::Value* indices = numbers_ordered(index, storage_dims(context.source, source, index));
    check_status(call_runtime(builder, RuntimeFunction::tp_rt_check_indices,
                              {runtime, indices, extent(dims), access.extents().size(builder, dim)}));
  });
}

llvm::Value* FunctionFrame::stack_array(llvm::Type* type, uint64_t count) {
  llvm::BasicBlock& entry = action_->getEntryBlock();
  IrBuilder at_entry(&entry, entry.begin());
  return at_entry.CreateAlloca(type, at_entry.getInt64(count));
}

llvm::Function* FunctionFrame::finish() {
  llvm::Function* function = declare(context, name);
  builder.SetInsertPoint(llvm::BasicBlock::Create(builder.getContext(), "entry", function));
  llvm::Value* arguments[] = {function->getArg(0), function->getArg(1), function->getArg(2), function->getArg(3)};
  auto& [runtime_context, fields, extents, results] = arguments;
  llvm::Value* count = call_runtime(builder, RuntimeFunction::tp_rt_sample_count, {runtime_context});
  llvm::Value* frame = call_runtime(builder, RuntimeFunction::tp_rt_scalars,
                                    {runtime_context, i32(next_numbers_slot_), builder.getInt64(next_cell_)});
  auto* no_memory = llvm::BasicBlock::Create(builder.getContext(), "no_memory", function);
  auto* run = llvm::BasicBlock::Create(builder.getContext(), "run", function);
  builder.CreateCondBr(builder.CreateIsNull(frame), no_memory, run);
  builder.SetInsertPoint(no_memory);
  builder.CreateRet(i32(TP_OUT_OF_MEMORY));
  builder.SetInsertPoint(run);
  for (const auto& [cell, value] : {std::pair(Cell::sample_count, count), std::pair(Cell::extents, extents),
                                    std::pair(Cell::fields, fields), std::pair(Cell::results, results)}) {
    builder.CreateStore(value,
                        builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), frame, static_cast<uint64_t>(cell)));
  }
  actions_.emit(builder, runtime_context, frame);
  return function;
}

}  // namespace tpc::codegen
