/// \file Classification accuracy.
#pragma once

#include <vector>

#include "evaluation/training/trajectory.h"

namespace tpc::evaluation {

/// What outputs are compared with.
struct Labels {
  std::vector<double> values;  ///< class indices [rows], or probabilities [rows, outputs]
  int64_t size = 1;            ///< of one row
};

/// The fraction of rows whose largest output is at the label, for each copy. `outputs`: [rows, outputs] a copy.
ReplicaValues accuracy(const ReplicaValues& outputs, const Labels& labels, int64_t output_count);

}  // namespace tpc::evaluation
