/// \file The directions of a set of inputs, the most important first: the order in which sample dimensions are given to
/// input-like weights (design: Sobol dimensions in the order of the data's principal components).
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct PrincipalComponents {
  std::vector<double> matrix;  ///< [size, size] row-major, orthogonal; columns by decreasing second moment of the data
  std::size_t rank = 0;        ///< columns from `rank` on are orthogonal to all rows (relative to 1e-10 of the largest)
};

/// Of uncentred second moments: a network sees x, not x minus a mean. rows: [count, size] row-major; count, size >= 1.
PrincipalComponents principal_components(const double* rows, std::size_t count, std::size_t size);

}  // namespace tpc::runtime
