/// \file One of equal LLVM functions. Kernels, nests and actions get what tells them apart as arguments, so that those
/// of equal layers, of the steps of a recurrence and of the forward passes of all functions come out equal.
#pragma once

#include <memory>

#include "codegen/llvm_headers.h"

namespace tpc::codegen {

class EqualFunctions {
 public:
  EqualFunctions();
  ~EqualFunctions();
  EqualFunctions(const EqualFunctions&) = delete;
  EqualFunctions& operator=(const EqualFunctions&) = delete;

  /// `made`, or in its place a function that was given before and does the same. Precondition: it is complete, and
  /// nothing uses it.
  llvm::Function* one_of_equals(llvm::Function* made);

 private:
  struct Known;
  std::unique_ptr<Known> known_;
};

}  // namespace tpc::codegen
