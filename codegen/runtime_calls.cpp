#include "codegen/runtime_calls.h"

#include <array>
#include <string_view>
#include <type_traits>

#include "tpc/runtime.h"

namespace tpc::codegen {

namespace {

template <class T>
llvm::Type* llvm_type(llvm::LLVMContext& context) {
  if constexpr (std::is_void_v<T>) {
    return llvm::Type::getVoidTy(context);
  } else if constexpr (std::is_pointer_v<T>) {
    return llvm::PointerType::getUnqual(context);
  } else if constexpr (std::is_same_v<T, double>) {
    return llvm::Type::getDoubleTy(context);
  } else {
    static_assert(std::is_integral_v<T>);
    return llvm::Type::getIntNTy(context, 8 * sizeof(T));
  }
}

template <class Signature>
struct FunctionTypeOf;

template <class Result, class... Parameters>
struct FunctionTypeOf<Result(Parameters...)> {
  static llvm::FunctionType* get(llvm::LLVMContext& context) {
    return llvm::FunctionType::get(llvm_type<Result>(context), {llvm_type<Parameters>(context)...}, false);
  }
};

struct RuntimeEntry {
  std::string_view name;
  llvm::FunctionType* (*type)(llvm::LLVMContext&);
};

constexpr auto entries = std::to_array<RuntimeEntry>({
#define TPC_RUNTIME_FUNCTION(name) {#name, FunctionTypeOf<decltype(::name)>::get},
#include "codegen/runtime_functions.def"
});

}  // namespace

llvm::CallInst* call_runtime(IrBuilder& builder, RuntimeFunction function, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::Module& module = *builder.GetInsertBlock()->getModule();
  const RuntimeEntry& entry = entries.at(static_cast<size_t>(function));
  auto callee = module.getOrInsertFunction(entry.name, entry.type(builder.getContext()));
  llvm::cast<llvm::Function>(callee.getCallee())->setDoesNotThrow();
  auto* call = builder.CreateCall(callee, arguments);
  call->setDoesNotThrow();
  return call;
}

}  // namespace tpc::codegen
