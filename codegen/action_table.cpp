#include "codegen/action_table.h"

#include "tpc/runtime.h"

namespace tpc::codegen {

namespace {

constexpr uint64_t row_size = 2;

llvm::GlobalVariable* constant_table(llvm::Function& function, const char* what, llvm::Constant* contents) {
  const std::string name = (function.getName() + "." + what).str();
  auto* table = llvm::cast<llvm::GlobalVariable>(function.getParent()->getOrInsertGlobal(name, contents->getType()));
  table->setInitializer(contents);
  table->setConstant(true);
  table->setLinkage(llvm::GlobalValue::PrivateLinkage);
  return table;
}

}  // namespace

llvm::FunctionType* action_type(llvm::LLVMContext& context) {
  auto* pointer = llvm::PointerType::getUnqual(context);
  return llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {pointer, pointer, pointer}, false);
}

void ActionTable::add(llvm::Function* action, const std::vector<uint32_t>& operands) {
  const auto [number, is_new] = number_of_.try_emplace(action, static_cast<uint32_t>(actions_.size()));
  if (is_new) actions_.push_back(action);
  rows_.push_back(number->second);
  rows_.push_back(static_cast<uint32_t>(operands_.size()));
  operands_.insert(operands_.end(), operands.begin(), operands.end());
}

void ActionTable::emit(IrBuilder& builder, llvm::Value* context, llvm::Value* frame) const {
  llvm::Function* function = builder.GetInsertBlock()->getParent();
  auto* failure = llvm::BasicBlock::Create(builder.getContext(), "failure", function);
  llvm::Value* failure_status = nullptr;
  emit_loop(builder, builder.getInt64(0), builder.getInt64(rows_.size()), row_size, {},
            [&](llvm::Value* row, const Carried&) {
              failure_status = emit_row(builder, row, context, frame);
              auto* next = llvm::BasicBlock::Create(builder.getContext(), "next", function);
              builder.CreateCondBr(builder.CreateICmpEQ(failure_status, builder.getInt32(TP_OK)), next, failure);
              builder.SetInsertPoint(next);
              return Carried{};
            });
  builder.CreateRet(builder.getInt32(TP_OK));
  builder.SetInsertPoint(failure);
  builder.CreateRet(failure_status);
}

llvm::Value* ActionTable::emit_row(IrBuilder& builder, llvm::Value* row, llvm::Value* context,
                                   llvm::Value* frame) const {
  llvm::Function& function = *builder.GetInsertBlock()->getParent();
  auto* pointer = builder.getPtrTy();
  const std::vector<llvm::Constant*> addresses(actions_.begin(), actions_.end());
  auto* actions = constant_table(function, "actions",
                                 llvm::ConstantArray::get(llvm::ArrayType::get(pointer, addresses.size()), addresses));
  auto* rows = constant_table(function, "rows", llvm::ConstantDataArray::get(builder.getContext(), rows_));
  auto* operands = constant_table(function, "operands", llvm::ConstantDataArray::get(builder.getContext(), operands_));
  const auto entry = [&](llvm::Value* place) {
    llvm::Value* address = builder.CreateInBoundsGEP(builder.getInt32Ty(), rows, place);
    return builder.CreateZExt(builder.CreateLoad(builder.getInt32Ty(), address), builder.getInt64Ty());
  };
  llvm::Value* number = entry(row);
  llvm::Value* first = entry(builder.CreateNSWAdd(row, builder.getInt64(1)));
  llvm::Value* action = builder.CreateLoad(pointer, builder.CreateInBoundsGEP(pointer, actions, number));
  auto* call = builder.CreateCall(action_type(builder.getContext()), action,
                                  {context, frame, builder.CreateInBoundsGEP(builder.getInt32Ty(), operands, first)});
  call->setDoesNotThrow();
  return call;
}

}  // namespace tpc::codegen
