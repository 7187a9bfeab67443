#include "runtime/points/gauss_hermite.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "runtime/support/failure.h"

namespace tpc::runtime {

QuadratureRule gauss_hermite(std::size_t count) {
  require(count >= 1 && count <= 512, "Gauss-Hermite quadrature takes 1 to 512 nodes per dimension");
  const Eigen::Index n = static_cast<Eigen::Index>(count);
  Eigen::VectorXd off_diagonal(n - 1);
  for (Eigen::Index k = 1; k < n; ++k) off_diagonal[k - 1] = std::sqrt(static_cast<double>(k));
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(Eigen::VectorXd::Zero(n), off_diagonal);

  QuadratureRule rule{std::vector<double>(count), std::vector<double>(count)};
  double total = 0.0;
  for (Eigen::Index i = 0; i < n; ++i) {
    // Mirrored nodes are averaged, so that odd integrals vanish to the last bit.
    const Eigen::Index mirror = n - 1 - i;
    const auto squared_first = [&](Eigen::Index column) {
      return solver.eigenvectors()(0, column) * solver.eigenvectors()(0, column);
    };
    rule.nodes[static_cast<std::size_t>(i)] = 0.5 * (solver.eigenvalues()[i] - solver.eigenvalues()[mirror]);
    rule.weights[static_cast<std::size_t>(i)] = 0.5 * (squared_first(i) + squared_first(mirror));
    total += rule.weights[static_cast<std::size_t>(i)];
  }
  for (double& weight : rule.weights) weight /= total;
  return rule;
}

}  // namespace tpc::runtime
