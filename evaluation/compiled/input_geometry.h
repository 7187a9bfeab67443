/// \file How the data lies in input space: the orthogonal change of base variables that puts the few directions a
/// network can see first (math.md 6a: "input-like weights in the order of the data's principal components").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/data/fields.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// For one input-like state Z^{U_1..U_d}: U x = sum_j x_j U_j only meets the span of the vectors x it is applied to,
/// which are the inputs or what the network makes of them first (a scaling, a shift).
struct InputRotation {
  std::string state;
  int64_t size = 0;            ///< d
  int64_t rank = 0;            ///< dimension of the span: later columns never matter
  std::vector<double> matrix;  ///< [d, d] orthogonal, columns in order of the second moments
};

/// One for every Gaussian state of one finite dimension that does nothing but be applied to inputs. `program` has the
/// function `predict`; it is run at width 1 on the data sets that have its fields, to see what each weight meets.
std::vector<InputRotation> principal_rotations(const ir::tp::Module& program, const std::vector<LoadedSet>& sets);
/// Those of them whose states the limit needs.
std::vector<InputRotation> rotations_for(const ir::limit::Module& limit, const ir::tp::Module& program,
                                         const std::vector<LoadedSet>& sets);

/// The number of independent Gaussian variables the initial states are made of, after the rotations.
int64_t gaussian_dimensions(const ir::limit::Module& module, const std::vector<InputRotation>& rotations);

}  // namespace tpc::evaluation
