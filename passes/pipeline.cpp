#include "passes/pipeline.h"

namespace tpc::passes {

std::vector<std::string> step_pipeline() {
  return {
      // Before differentiation: its rules then see one read of each parameter and scalars already outside of sums.
      "cse",
      "simplify",
      "autodiff",
      "sgd",
      // The rules wrote one read of a parameter, one constant and one derivative after another (cse), and products with
      // 1 and with one small scalar after another (simplify); gathering scalars makes more values equal.
      "cse",
      "simplify",
      "cse",
      "dce",
  };
}

std::vector<std::string> limit_pipeline() {
  return {
      // Dropped terms leave zeros and ones behind.
      "simplify",
      "cse",
      "dce",
  };
}

}  // namespace tpc::passes
