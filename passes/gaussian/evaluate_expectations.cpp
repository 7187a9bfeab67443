#include "passes/gaussian/evaluate_expectations.h"

#include <utility>

#include "passes/gaussian/eliminate_random.h"

namespace tpc::passes {

EvaluatedExpectations evaluate_expectations(ir::limit::Module module, const std::vector<ir::FunctionKey>& functions,
                                            int64_t nodes) {
  EvaluatedExpectations result{std::move(module), {}, {}};
  for (const ir::FunctionKey& key : functions) {
    const auto why = eliminate_random(result.module, key, nodes, &result.zero[key]);
    if (why) result.sampled.emplace(key, *why);
  }
  return result;
}

}  // namespace tpc::passes
