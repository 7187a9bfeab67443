/// \file Weighted points for several independent standard normal variables at once: what quadrature evaluates at.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "runtime/points/gauss_hermite.h"

namespace tpc::runtime {

/// sum_i weights_i f(point i) ~ E f(Z_1, .., Z_dimensions).
struct NodeSet {
  std::size_t dimensions = 0;
  std::size_t count = 0;
  std::vector<double> values;   ///< [dimensions, count]
  std::vector<double> weights;  ///< [count], not negative

  [[nodiscard]] const double* column(std::size_t dimension) const { return values.data() + dimension * count; }
};

inline constexpr std::size_t most_quadrature_points = std::size_t{1} << 22;

/// All combinations of the rule's nodes; those farther than `radius` from 0 are left out, and the weights of the others
/// scaled to the sum 1. Throws TP_INVALID_ARGUMENT if they are more than most_quadrature_points.
NodeSet tensor_nodes(const QuadratureRule& rule, std::size_t dimensions,
                     double radius = std::numeric_limits<double>::infinity());

/// The trapezoidal rule in every dimension, within the ball that its ends span: in the corners of the cube the density
/// is below what the rule itself leaves out, and they are half of all points in three dimensions, 84 % in five.
NodeSet normal_nodes(std::size_t count, std::size_t dimensions);

}  // namespace tpc::runtime
