/// \file Classification accuracy.
#pragma once

#include "evaluation/data/fields.h"
#include "evaluation/training/trajectory.h"

namespace tpc::evaluation {

/// The fraction of examples whose largest output is at the label, for each copy. `outputs`: [count, outputs] a copy.
/// target: class indices [count], or probability rows [count, outputs].
ReplicaValues accuracy(const ReplicaValues& outputs, const LoadedField& target, int64_t output_count);

}  // namespace tpc::evaluation
