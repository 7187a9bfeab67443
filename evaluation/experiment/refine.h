/// \file --refine: a saved run of a sampled limit, made better by more replicas.
#pragma once

#include <string>
#include <variant>

#include "evaluation/experiment/target_error.h"
#include "evaluation/training/pooled.h"

namespace tpc::evaluation {

/// What a saved run was made with, and what it found. The replicas 0 .. replicas - 1 of its seed are used up.
struct SavedRun {
  ReplicatedRun run;
  Method method = Method::qmc;  ///< qmc or mc
  int64_t samples = 0;
  uint64_t seed = 1;
};

/// How many replicas one run can have in all.
inline constexpr int64_t most_replicas = 65536;

/// The saved run and new replicas, which are independent of its own, taken together: `settings.request.replicas` of
/// them (by default as many as it has), with a target error as many as that takes. As if all had been one run, but for
/// rounding. Nothing after a user error, or, as a text, why the two runs do not go together.
std::variant<std::monostate, std::string, InfiniteWidthRun> run_refined(const Problem& problem,
                                                                        EvaluationSettings settings, SavedRun saved,
                                                                        const Attempt& attempt);

}  // namespace tpc::evaluation
