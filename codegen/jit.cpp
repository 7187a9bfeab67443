#include <cstring>

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Target/TargetMachine.h>

#include "codegen/compiled_model.h"

namespace tpc::codegen {

struct JitModel::Implementation {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  const tp_model_descriptor* descriptor = nullptr;
  Error error;
};

namespace {

namespace orc = llvm::orc;

template <class Function>
orc::ExecutorSymbolDef symbol_at(Function* address) {
  return {orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

/// What generated code may call: exactly the runtime's functions, and the block copies LLVM makes calls of.
orc::SymbolMap runtime_symbols(orc::LLJIT& jit) {
  orc::SymbolMap symbols;
#define TPC_RUNTIME_FUNCTION(name) symbols[jit.mangleAndIntern(#name)] = symbol_at(&::name);
#include "codegen/runtime_functions.def"
  symbols[jit.mangleAndIntern("memcpy")] = symbol_at(static_cast<void* (*)(void*, const void*, size_t)>(&std::memcpy));
  symbols[jit.mangleAndIntern("memmove")] =
      symbol_at(static_cast<void* (*)(void*, const void*, size_t)>(&std::memmove));
  symbols[jit.mangleAndIntern("memset")] = symbol_at(static_cast<void* (*)(void*, int, size_t)>(&std::memset));
  return symbols;
}

llvm::Expected<std::unique_ptr<orc::LLJIT>> load(CompiledModel::Implementation& model) {
  orc::JITTargetMachineBuilder machine(model.target.machine->getTargetTriple());
  machine.setCPU(model.target.cpu);
  machine.addFeatures(llvm::SubtargetFeatures(model.target.features).getFeatures());
  machine.setCodeGenOptLevel(model.target.machine->getOptLevel());
  machine.setRelocationModel(llvm::Reloc::PIC_);
  auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(machine)).create();
  if (!jit) return jit.takeError();
  orc::JITDylib& library = (*jit)->getMainJITDylib();
  if (auto failure = library.define(orc::absoluteSymbols(runtime_symbols(**jit)))) return failure;
  orc::ThreadSafeModule module(std::move(model.module), std::move(model.context));
  if (auto failure = (*jit)->addIRModule(std::move(module))) return failure;
  return jit;
}

}  // namespace

JitModel::JitModel(CompiledModel model) : implementation_(std::make_unique<Implementation>()) {
  implementation_->error = model.error();
  if (!error().empty()) return;
  auto jit = load(model.implementation());
  if (!jit) {
    implementation_->error = "cannot compile in memory: " + llvm::toString(jit.takeError());
    return;
  }
  implementation_->jit = std::move(*jit);
  auto address = implementation_->jit->lookup(model.implementation().prefix + "_model");
  if (!address) {
    implementation_->error = "cannot compile in memory: " + llvm::toString(address.takeError());
    return;
  }
  implementation_->descriptor = address->toPtr<const tp_model_descriptor*>();
}

JitModel::~JitModel() = default;
JitModel::JitModel(JitModel&&) noexcept = default;
JitModel& JitModel::operator=(JitModel&&) noexcept = default;

const Error& JitModel::error() const { return implementation_->error; }
const tp_model_descriptor* JitModel::descriptor() const { return implementation_->descriptor; }

}  // namespace tpc::codegen
