/// \file Vectors drawn in a plane.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/vectors/inner_products.h"

namespace tpc::evaluation {

struct PrincipalCoordinates {
  std::int64_t components = 0;
  std::vector<double> coordinates;  ///< [words, components], row-major
  std::vector<double> shares;       ///< [components] of the total variance, decreasing
};

/// The coordinates of the words' vectors along the axes of their largest variance, from their mean: eigenvectors of the
/// centred Gram matrix times the roots of its eigenvalues (Gower 1966). The largest coordinate along an axis is
/// positive. At most as many components as words; the shares are 0 where the vectors are all equal.
PrincipalCoordinates principal_coordinates(const InnerProducts& products, std::span<const std::int32_t> words,
                                           std::int64_t components);

}  // namespace tpc::evaluation
