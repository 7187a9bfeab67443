/// \file The processor code is made for, and LLVM's optimisation pipeline for it.
#pragma once

#include <memory>

#include "codegen/codegen.h"
#include "codegen/llvm_headers.h"

namespace llvm {
class TargetMachine;
}

namespace tpc::codegen {

struct Target {
  Target();
  ~Target();
  Target(Target&&) noexcept;
  Target& operator=(Target&&) noexcept;

  std::unique_ptr<llvm::TargetMachine> machine;
  std::string cpu, features;
  Error error;  ///< an unknown cpu, a host without an LLVM backend; then there is no machine
};

/// This machine's architecture; options.cpu "native" is this very processor.
Target make_target(const CodegenOptions& options);

/// Gives the functions the target's attributes, then runs the pipeline of the level.
void optimize(llvm::Module& module, const Target& target, int level);

}  // namespace tpc::codegen
