#include "passes/pipeline.h"

#include <initializer_list>
#include <sstream>
#include <utility>

#include "base/diag/check.h"
#include "passes/autodiff/expand_gradients.h"
#include "passes/pass_manager.h"

namespace tpc::passes {
namespace {

using Names = std::vector<std::string>;

/// No pass rewrites values before their gradients are expanded: a value that goes would take its derivative along. What
/// the expansion computes several times (cse) and the scalars inside of its products (simplify) would hide products of
/// contractions.
const Names& expansion() {
  static const Names names = {"expand-gradients", "cse", "simplify", "distribute-products", "cse", "dce"};
  return names;
}

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

ir::tp::Module without_inner_gradients(ir::tp::Module module) {
  if (!has_gradients(module)) return module;
  AnyModule any = std::move(module);
  std::ostringstream nothing;
  const PassError error = run_passes(any, expansion(), {}, nothing);
  TPC_CHECK(error.empty(), error);
  return std::get<ir::tp::Module>(std::move(any));
}

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
