#include "passes/pipeline.h"

#include <initializer_list>

namespace tpc::passes {
namespace {

using Names = std::vector<std::string>;

/// Derivative rules see one read of each parameter and scalars already outside of sums.
const Names& differentiation() {
  static const Names names = {"cse", "simplify", "autodiff"};
  return names;
}

/// The rules wrote one read of a parameter, one constant and one derivative after another (cse), and products with 1
/// and with one small scalar after another (simplify); gathering scalars makes more values equal (cse again).
const Names& clean_up() {
  static const Names names = {"cse", "simplify", "cse", "dce"};
  return names;
}

Names joined(std::initializer_list<Names> parts) {
  Names all;
  for (const Names& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

std::vector<std::string> gradient_pipeline() { return joined({differentiation(), clean_up()}); }

// The update is written before the clean-up: it multiplies gradients by small scalars, too.
std::vector<std::string> step_pipeline() { return joined({differentiation(), {"sgd"}, clean_up()}); }

std::vector<std::string> limit_pipeline() {
  return {
      // Dropped terms leave zeros and ones behind.
      "simplify",
      "cse",
      "dce",
  };
}

}  // namespace tpc::passes
