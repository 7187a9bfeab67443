/// \file Where matrices of one shape are close to small ones: the leading left and right directions of all of them.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/algebra/rising_threshold.h"

namespace tpc::runtime {

/// Orthonormal columns. A_m is close to left left^T A_m right right^T for every m.
struct JointBases {
  std::size_t left_count = 0, right_count = 0;
  std::vector<double> left;   ///< [rows, left_count] row-major
  std::vector<double> right;  ///< [columns, right_count]
  double discarded = 0.0;     ///< |A_m - left left^T A_m right right^T| / |A_m|, the largest over m
};

/// Of matrices [rows, columns], row-major: the fewest columns of a QR decomposition with column pivoting such that what
/// is discarded on either side has a Frobenius norm of at most the threshold for that many, relative to the norm of the
/// matrix, for all of them together. (Singular vectors would be some fewer, and take ten times as long.) No column if
/// all matrices are zero or have no entries.
JointBases joint_bases(const std::vector<const double*>& matrices, std::size_t rows, std::size_t columns,
                       const RisingThreshold& threshold);

}  // namespace tpc::runtime
