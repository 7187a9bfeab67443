/// \file Targets that are made of the data's fields, and are to be probabilities as much as a field that is one itself
/// (load.h).
#pragma once

#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/fields.h"
#include "frontend/sema/program.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// What the losses of classes compare with, by their place in the loss: all but class indices and the one field that
/// load_data checks.
std::vector<sema::TermId> computed_targets(const sema::TrainPlan& plan);

/// Computes them on the training set and reports the first example of each for which they are no probabilities.
/// `module`: as lowering::lower_targets makes it of these targets.
void check_targets(const ir::tp::Module& module, const std::vector<sema::TermId>& targets, const sema::TrainPlan& plan,
                   const LoadedSet& train, diag::Engine& diagnostics);

}  // namespace tpc::evaluation
