#include "evaluation/experiment/infinite_width.h"

#include "base/diag/check.h"
#include "evaluation/experiment/target_error.h"

namespace tpc::evaluation {
namespace {

/// What runs of both regimes have.
template <class Run>
InfiniteWidthRun common_part(Run&& run) {
  InfiniteWidthRun result;
  result.trajectory = std::move(run.trajectory);
  result.choice = std::move(run.choice);
  result.compile_seconds = run.compile_seconds;
  result.run_seconds = run.run_seconds;
  return result;
}

std::optional<InfiniteWidthRun> run_once(const Problem& problem, const DerivedProgram& program,
                                         const EvaluationSettings& settings) {
  if (program.random_limit != nullptr) {
    TPC_CHECK(program.without_formula != nullptr, "a kernel regime says which functions have no formula");
    const KernelProgram kernel{program.finite_width, program.limit, *program.random_limit, *program.without_formula,
                               program.tasks};
    auto run = run_kernel(problem, kernel, settings);
    if (!run) return {};
    InfiniteWidthRun result = common_part(*run);
    result.kernel = std::move(run->result);
    return result;
  }
  auto run = run_limit(problem, program.finite_width, program.limit, settings);
  if (!run) return {};
  InfiniteWidthRun result = common_part(*run);
  result.draws_start = draws_its_start(program.limit);
  result.ranks = std::move(run->ranks);
  result.discarded = run->discarded;
  return result;
}

}  // namespace

std::optional<InfiniteWidthRun> run_infinite_width(const Problem& problem, const DerivedProgram& program,
                                                   const EvaluationSettings& settings) {
  if (!settings.target_error) return run_once(problem, program, settings);
  return run_to_target(problem, settings, [&](const Problem& attempt, const EvaluationSettings& with) {
    return run_once(attempt, program, with);
  });
}

}  // namespace tpc::evaluation
