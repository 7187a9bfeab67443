#include "codegen/function_frame.h"

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

/// The entries of the caller's table that the function uses.
Extents load_extents(IrBuilder& builder, const ir::limit::Module& module, const ir::limit::Function& source,
                     llvm::Value* table) {
  const std::vector<ir::DimId> all = extents_of(module);
  ir::FunctionExtents extents(module, source);
  std::map<ir::DimId, llvm::Value*> sizes;
  for (ir::DimId extent : extents.used()) {
    llvm::Value* entry = builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), table, extent_index(all, extent));
    sizes[extent] = builder.CreateLoad(builder.getInt64Ty(), entry, module.dim(extent).name);
  }
  return {module, std::move(extents), std::move(sizes)};
}

}  // namespace

FunctionFrame::FunctionFrame(const ModuleContext& module_context, const ir::limit::Function& source_function,
                             const std::string& name)
    : context(module_context),
      source(source_function),
      target(declare(module_context, name)),
      builder(llvm::BasicBlock::Create(module_context.target.getContext(), "entry", target)),
      access(module_context, source_function,
             load_extents(builder, module_context.source, source_function, target->getArg(2))),
      runtime(target->getArg(0)),
      sample_count(call_runtime(builder, RuntimeFunction::tp_rt_sample_count, {runtime})),
      failure_(llvm::BasicBlock::Create(builder.getContext(), "failure", target)) {
  IrBuilder at_failure(failure_);
  failure_status_ = at_failure.CreatePHI(at_failure.getInt32Ty(), 8, "status");
  at_failure.CreateRet(failure_status_);
}

void FunctionFrame::leave_unless(llvm::Value* fine, llvm::Value* status) {
  auto* next = llvm::BasicBlock::Create(builder.getContext(), "next", target);
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
      call_runtime(builder, RuntimeFunction::tp_rt_scalars, {runtime, i32(next_numbers_slot_++), count}));
}

llvm::Value* FunctionFrame::rows_ordered(ir::ValueId id, const std::vector<ir::DimId>& dims) {
  return source.type(id).dims == dims ? access.pointer(id) : copied_rows(id, dims);
}

llvm::Value* FunctionFrame::copied_rows(ir::ValueId id, const std::vector<ir::DimId>& dims) {
  llvm::Value* copy = check_memory(
      call_runtime(builder, RuntimeFunction::tp_rt_samples, {runtime, i32(next_samples_slot_++), extent(dims)}));
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
  fill(copy, dims, [&](const Indices& indices) { return access.number(builder, id, indices); });
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
  const auto& dims = source.type(index).dims;
  llvm::Value* indices = numbers_ordered(index, storage_dims(context.source, source, index));
  check_status(call_runtime(builder, RuntimeFunction::tp_rt_check_indices,
                            {runtime, indices, extent(dims), access.extents().size(builder, dim)}));
}

llvm::Value* FunctionFrame::stack_array(llvm::Type* type, uint64_t count) {
  llvm::BasicBlock& entry = target->getEntryBlock();
  IrBuilder at_entry(&entry, entry.begin());
  return at_entry.CreateAlloca(type, at_entry.getInt64(count));
}

void FunctionFrame::finish() {
  builder.CreateRet(i32(TP_OK));
  if (failure_status_->getNumIncomingValues() == 0) failure_->eraseFromParent();
  target->addFnAttr(llvm::Attribute::NoInline);  // which the next one asks for
  target->addFnAttr(llvm::Attribute::OptimizeNone);
}

}  // namespace tpc::codegen
