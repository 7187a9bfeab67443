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
  int64_t examples = 0;     ///< in the training set; 0: new ones in every batch
};
WorkFacts work_facts(const TrainingPlan& plan);

struct Work {
  double flops = 0.0;       ///< of one replica's whole run
  double bytes = 0.0;       ///< one replica's state at the end of the run
  double call_bytes = 0.0;  ///< what one replica works with in a training step: about half of the arrays it computes
};

/// Whether a matrix meets so many directions that their images are not all stored
/// (runtime/matrix/conditioned_matrix.h).
bool meets_more_than_is_stored(const ir::limit::Module& module, const WorkFacts& facts);

Work estimate_work(const ir::limit::Module& module, const WorkFacts& facts, int64_t samples);

}  // namespace tpc::evaluation
