#include "evaluation/vectors/principal_coordinates.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace tpc::evaluation {

PrincipalCoordinates principal_coordinates(const InnerProducts& products, std::span<const std::int32_t> words,
                                           std::int64_t components) {
  const auto count = static_cast<Eigen::Index>(words.size());
  Eigen::MatrixXd gram(count, count);
  products.among(words, gram.data());
  gram = (gram + gram.transpose()).eval() / 2.0;
  // <v_i - m, v_j - m> = G_ij - mean_j G_ij - mean_i G_ij + mean_ij G_ij
  const Eigen::VectorXd means = gram.rowwise().mean();
  gram.colwise() -= means;
  gram.rowwise() -= means.transpose();
  gram.array() += means.mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  const double total = std::max(gram.trace(), 0.0);

  PrincipalCoordinates result;
  result.components = std::clamp<std::int64_t>(components, 0, count);
  result.coordinates.resize(static_cast<std::size_t>(count * result.components));
  for (std::int64_t k = 0; k < result.components; ++k) {
    const Eigen::Index which = count - 1 - k;  // eigenvalues increase
    const double variance = std::max(solver.eigenvalues()[which], 0.0);
    Eigen::VectorXd axis = solver.eigenvectors().col(which);
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    axis *= (axis[largest] < 0.0 ? -1.0 : 1.0) * std::sqrt(variance);
    for (Eigen::Index i = 0; i < count; ++i)
      result.coordinates[static_cast<std::size_t>(i * result.components + k)] = axis[i];
    result.shares.push_back(total > 0.0 ? variance / total : 0.0);
  }
  return result;
}

}  // namespace tpc::evaluation
