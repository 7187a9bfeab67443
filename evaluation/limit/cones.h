/// \file Simplicial cones that fill the space of a few standard normal variables, with a handful of points in each at
/// which quadratic forms are integrated exactly: what expectations of piecewise linear random variables need. Cones are
/// cut where a linear function is zero, so that no kink lies within one.
#pragma once

#include <cstdint>
#include <vector>

#include "Eigen/Core"

namespace tpc::evaluation {

/// {sum_j c_j g_j, c_j >= 0}, g_j the columns of `generators` (of length 1), with D points in its interior:
/// E[x x^T; x in the cone] = sum_j p_j p_j^T, x ~ N(0, I), so that a quadratic form is integrated by the sum of its
/// values at the p_j.
struct Cone {
  Eigen::MatrixXd generators;  ///< [D, D]
  Eigen::MatrixXd weights;     ///< [D, D], positive: p_j = generators * column j

  [[nodiscard]] Eigen::MatrixXd points() const { return generators * weights; }
};

/// With points by their moments: in the coordinates c the matrix is
///   K = Gamma(D/2 + 1) / pi^(D/2) |det G| int over the simplex {c >= 0, sum c = 1} of c c^T / |G c|^(D + 2),
/// by Gauss-Legendre nodes to rounding where no angle between generators is beyond 60 degrees; its symmetric root has
/// positive entries.
Cone make_cone(Eigen::MatrixXd generators);

/// The orthants, cut until no angle is beyond 60 degrees.
std::vector<Cone> cones_of_space(int64_t dimensions);

/// What is left of a cone on either side of several kinks: pieces = generators of the whole times `shares`.
struct ConePiece {
  Cone cone;
  Eigen::MatrixXd shares;  ///< [D, D]: the piece's generators in those of the whole
};

/// Cuts where the linear functions with these values at the generators, [functions, D], are 0: none has both signs on a
/// piece. Values up to `tolerances`, one a function, are 0; pieces without volume are left out. Empty: there is nothing
/// to cut.
std::vector<ConePiece> cut(const Cone& cone, const Eigen::MatrixXd& values, const Eigen::VectorXd& tolerances);

}  // namespace tpc::evaluation
