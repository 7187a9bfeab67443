/// \file Evaluates a function on a data set in blocks of examples, so that memory does not grow with the data.
#pragma once

#include <functional>

#include "evaluation/data/fields.h"
#include "evaluation/training/trajectory.h"

namespace tpc::evaluation {

/// `evaluate` gives the same count of numbers for every example, example by example (unless there is just one block).
ReplicaValues evaluate_in_blocks(const LoadedSet& set, int64_t block,
                                 const std::function<ReplicaValues(const Batch&)>& evaluate);

/// The mean over all examples, where `evaluate` gives the mean over those of a batch.
ReplicaValues mean_in_blocks(const LoadedSet& set, int64_t block,
                             const std::function<ReplicaValues(const Batch&)>& evaluate);

/// All examples of the sets, one set after the other, with the fields that every set has.
LoadedSet joined_sets(const std::vector<const LoadedSet*>& sets);
/// The values of each set from those of the joined ones: the same count of numbers for every example.
std::vector<ReplicaValues> split_values(const ReplicaValues& values, const std::vector<const LoadedSet*>& sets);

}  // namespace tpc::evaluation
