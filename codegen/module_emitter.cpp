#include "codegen/module_emitter.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include "base/diag/check.h"
#include "codegen/c_names.h"
#include "codegen/descriptor_emitter.h"
#include "codegen/equal_functions.h"
#include "codegen/function_emitter.h"
#include "codegen/wrapper_emitter.h"

namespace tpc::codegen {

std::unique_ptr<llvm::Module> emit_module(const ir::limit::Module& source, const CodegenOptions& options,
                                          const Target& target, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(source.name, context);
  module->setSourceFileName(source.name);
  module->setTargetTriple(target.machine->getTargetTriple().str());
  module->setDataLayout(target.machine->createDataLayout());
  module->setPICLevel(llvm::PICLevel::BigPIC);
  EqualFunctions equal_functions;
  const ModuleContext module_context(source, *module, equal_functions, options);
  std::vector<llvm::Function*> functions;
  for (const auto& function : source.functions) functions.push_back(emit_function(module_context, function));
  emit_wrappers(module_context, emit_descriptor(module_context, functions));

  std::string message;
  llvm::raw_string_ostream stream(message);
  const bool broken = llvm::verifyModule(*module, &stream);
  TPC_CHECK(!broken, "the LLVM IR of " + source.name + " is wrong: " + message);
  return module;
}

}  // namespace tpc::codegen
