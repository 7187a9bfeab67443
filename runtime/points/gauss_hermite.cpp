#include "runtime/points/gauss_hermite.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

/// Of the orthonormal Hermite polynomials he_k = He_k / sqrt(k!) at a node of the rule with n = `count` nodes.
struct HermiteValues {
  double last;     ///< he_n
  double slope;    ///< he_n' = sqrt(n) he_{n-1}
  double squares;  ///< sum_{k < n} he_k^2, the inverse of the node's weight
};

HermiteValues hermite_values(double x, std::size_t count) {
  double before = 0.0, value = 1.0, squares = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    squares += value * value;
    const double next =
        (x * value - std::sqrt(static_cast<double>(k)) * before) / std::sqrt(static_cast<double>(k + 1));
    before = value;
    value = next;
  }
  return {value, std::sqrt(static_cast<double>(count)) * before, squares};
}

}  // namespace

QuadratureRule gauss_hermite(std::size_t count) {
  require(count >= 1 && count <= 512, "Gauss-Hermite quadrature takes 1 to 512 nodes per dimension");
  const Eigen::Index n = static_cast<Eigen::Index>(count);
  Eigen::VectorXd off_diagonal(n - 1);
  for (Eigen::Index k = 1; k < n; ++k) off_diagonal[k - 1] = std::sqrt(static_cast<double>(k));
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(Eigen::VectorXd::Zero(n), off_diagonal, Eigen::EigenvaluesOnly);

  QuadratureRule rule{std::vector<double>(count), std::vector<double>(count)};
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    // Mirrored nodes are averaged, so that odd integrals vanish to the last bit.
    const Eigen::Index own = static_cast<Eigen::Index>(i);
    double node = 0.5 * (solver.eigenvalues()[own] - solver.eigenvalues()[n - 1 - own]);
    // Small weights meet large values of polynomials: the eigenvectors know them to 1e-16 of the largest one only.
    const HermiteValues at_root = hermite_values(node, count);
    if (std::isfinite(at_root.last) && std::isfinite(at_root.slope)) node -= at_root.last / at_root.slope;
    rule.nodes[i] = node;
    rule.weights[i] = 1.0 / hermite_values(node, count).squares;
    total += rule.weights[i];
  }
  for (double& weight : rule.weights) weight /= total;
  return rule;
}

}  // namespace tpc::runtime
