/// \file What evaluating a limit by sampling will cost, estimated from the operations of its Limit IR: decides the
/// default number of samples. Depends on the program only, never on the machine, so that defaults are reproducible.
#pragma once

#include <cstdint>

#include "evaluation/training/plan.h"
#include "ir/limit/ir.h"

namespace tpc::evaluation {

struct WorkFacts {
  int64_t steps = 0;
  int64_t batch = 1;
  int64_t evaluations = 0;  ///< how often outputs are recorded
  int64_t evaluated = 0;    ///< examples evaluated each time
  int64_t pair_blocks = 0;  ///< calls of functions of two batches
};
WorkFacts work_facts(const TrainingPlan& plan);

struct Work {
  double flops = 0.0;  ///< of one replica's whole run
  double bytes = 0.0;  ///< one replica's state at the end of the run
};

/// How a matrix treats the directions it meets (math.md section 6): all kept, or small residuals renewed, which bounds
/// the rank.
enum class Directions { all_kept, renewed };

/// Vectors that the matrix applied most often meets during the run, on the side with more of them: T examples a step
/// for a weight shared over T positions. An upper bound of its rank.
double directions_met(const ir::limit::Module& module, const WorkFacts& facts);

Work estimate_work(const ir::limit::Module& module, const WorkFacts& facts, int64_t samples, Directions directions);

}  // namespace tpc::evaluation
