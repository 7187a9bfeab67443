/// \file Gauss-Hermite quadrature for the standard normal distribution.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct QuadratureRule {
  std::vector<double> nodes;    ///< increasing, symmetric about 0
  std::vector<double> weights;  ///< positive, sum 1
};

/// sum_i weights_i f(nodes_i) = E f(Z), Z ~ N(0, 1), exact for polynomials of degree below 2 count. By the eigenvalues
/// of the Jacobi matrix (Golub and Welsch, Math. Comp. 23, 1969): zero diagonal, off-diagonal sqrt(k). count in 1..512.
QuadratureRule gauss_hermite(std::size_t count);

}  // namespace tpc::runtime
