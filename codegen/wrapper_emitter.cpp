#include "codegen/wrapper_emitter.h"

#include "codegen/model_interface.h"
#include "codegen/runtime_calls.h"

namespace tpc::codegen {

namespace {

class WrapperEmitter {
 public:
  WrapperEmitter(const ModuleContext& context, llvm::GlobalVariable* descriptor)
      : context_(context), descriptor_(descriptor), builder_(context.target.getContext()) {}

  void emit() {
    emit_new_state("_create", RuntimeFunction::tp_create);
    emit_new_state("_load", RuntimeFunction::tp_load);
    if (const auto* step = context_.source.find("step")) emit_batch_call("_step", RuntimeFunction::tp_step, *step, 1);
    if (const auto* predict = context_.source.find("predict")) {
      emit_batch_call("_predict", RuntimeFunction::tp_predict, *predict, 2);
    }
    auto* save = begin("_save", builder_.getInt32Ty(), {builder_.getPtrTy(), builder_.getPtrTy()});
    builder_.CreateRet(call_runtime(builder_, RuntimeFunction::tp_save, {save->getArg(0), save->getArg(1)}));
    auto* destroy = begin("_destroy", builder_.getVoidTy(), {builder_.getPtrTy()});
    call_runtime(builder_, RuntimeFunction::tp_destroy, {destroy->getArg(0)});
    builder_.CreateRetVoid();
  }

 private:
  llvm::Function* begin(const char* suffix, llvm::Type* result, llvm::ArrayRef<llvm::Type*> parameters) {
    auto* type = llvm::FunctionType::get(result, parameters, false);
    auto* function =
        llvm::Function::Create(type, llvm::Function::ExternalLinkage, context_.prefix + suffix, context_.target);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(builder_.getContext(), "entry", function));
    return function;
  }

  /// state *f(argument): the runtime leaves NULL there on failure.
  void emit_new_state(const char* suffix, RuntimeFunction function) {
    auto* wrapper = begin(suffix, builder_.getPtrTy(), {builder_.getPtrTy()});
    llvm::Value* place = builder_.CreateAlloca(builder_.getPtrTy());
    builder_.CreateStore(llvm::Constant::getNullValue(builder_.getPtrTy()), place);
    call_runtime(builder_, function, {descriptor_, wrapper->getArg(0), place});
    builder_.CreateRet(builder_.CreateLoad(builder_.getPtrTy(), place));
  }

  /// int f(state, one array a field, number of examples, outputs...).
  void emit_batch_call(const char* suffix, RuntimeFunction runtime, const ir::limit::Function& source,
                       unsigned output_count) {
    const auto all = fields_of(context_.source);
    const auto read = fields_read_by(context_.source, source);
    auto* pointer = builder_.getPtrTy();
    llvm::SmallVector<llvm::Type*, 8> parameters(1 + read.size(), pointer);
    parameters.push_back(builder_.getInt64Ty());
    parameters.append(output_count, pointer);
    auto* wrapper = begin(suffix, builder_.getInt32Ty(), parameters);
    auto* table_type = llvm::ArrayType::get(pointer, all.size());
    llvm::Value* table = builder_.CreateAlloca(table_type);
    builder_.CreateStore(llvm::Constant::getNullValue(table_type), table);
    for (size_t i = 0; i < read.size(); ++i) {
      builder_.CreateStore(wrapper->getArg(static_cast<unsigned>(1 + i)),
                           builder_.CreateConstInBoundsGEP1_64(pointer, table, read[i]));
    }
    llvm::SmallVector<llvm::Value*, 8> arguments{wrapper->getArg(0), table};
    for (auto i = static_cast<unsigned>(1 + read.size()); i < parameters.size(); ++i) {
      arguments.push_back(wrapper->getArg(i));
    }
    builder_.CreateRet(call_runtime(builder_, runtime, arguments));
  }

  const ModuleContext& context_;
  llvm::GlobalVariable* descriptor_;
  IrBuilder builder_;
};

}  // namespace

void emit_wrappers(const ModuleContext& context, llvm::GlobalVariable* descriptor) {
  WrapperEmitter(context, descriptor).emit();
}

}  // namespace tpc::codegen
