#include "passes/gaussian/evaluate_expectations.h"

#include <utility>

#include "passes/gaussian/eliminate_random.h"

namespace tpc::passes {

EvaluatedExpectations evaluate_expectations(ir::limit::Module module, const std::vector<std::string>& functions,
                                            int64_t nodes) {
  EvaluatedExpectations result{std::move(module), {}, {}};
  for (const std::string& name : functions) {
    const auto why = eliminate_random(result.module, name, nodes, &result.zero[name]);
    if (why) result.sampled.emplace(name, *why);
  }
  return result;
}

}  // namespace tpc::passes
