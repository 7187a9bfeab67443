/// \file Thrown inside passes/kernel only, caught by derive_kernel: a program whose kernel the rules do not know.
#pragma once

#include <string>

#include "base/diag/span.h"

namespace tpc::passes::kernel {

struct NoKernel {
  std::string message;
  Span span;
};

}  // namespace tpc::passes::kernel
