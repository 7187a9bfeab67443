/// \file What `tpc derive` writes of a compiled program: the limit as it is meant, beside the formulas it is evaluated
/// by.
#pragma once

#include "driver/compile.h"
#include "equations/derive.h"

namespace tpc::driver {

struct ShownEquations {
  const ir::limit::Module& limit;
  equations::Evaluation evaluation;
};

/// Precondition: Stage::limit was reached. The result refers to the compilation.
ShownEquations shown_equations(const Compilation& compilation);

}  // namespace tpc::driver
