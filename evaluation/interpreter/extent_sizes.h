/// \file What a batch says of the sizes of the dimensions that one function uses.
#pragma once

#include <vector>

#include "evaluation/batch.h"
#include "evaluation/interpreter/array.h"
#include "ir/core/extents.h"

namespace tpc::evaluation::interpreter {

class ExtentSizes {
 public:
  ExtentSizes(const Module& module, const Function& function);
  /// By DimId; 0 where the function does not use the dimension.
  [[nodiscard]] Sizes of(const Batch& batch) const;

 private:
  [[nodiscard]] Index size_of(DimId extent, const Batch& batch) const;

  const Module& module_;
  FunctionExtents extents_;
  bool alone_;  ///< the function has one extent besides twins
};

}  // namespace tpc::evaluation::interpreter
