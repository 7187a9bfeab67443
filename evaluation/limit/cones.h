/// \file Convex cones that fill the space of one, two or three standard normal variables, with a few points in each at
/// which quadratic forms are integrated exactly: what expectations of piecewise linear random variables need. Cones are
/// cut where a linear function is zero, so that no kink lies within one. Beyond three dimensions they would have to be
/// kept by their faces of all dimensions.
#pragma once

#include <cstdint>
#include <vector>

#include "Eigen/Core"

namespace tpc::evaluation {

/// All sums of generators with coefficients that are not negative. With points p_j in its interior:
/// E[x x^T; x in the cone] = sum_j p_j p_j^T, x ~ N(0, I), so that a quadratic form is integrated by the sum of its
/// values at the p_j.
struct Cone {
  Eigen::MatrixXd generators;  ///< [D, vertices], of length 1; in three dimensions in their order around the cone
  Eigen::MatrixXd points;      ///< [D, D simplices]
  Eigen::MatrixXd frame;       ///< [D, D]: from values at the D points from `first` on to a linear function
  Eigen::Index first = 0;

  /// values: [functions, points], of functions that are linear on the cone. Their coefficients, [functions, D].
  [[nodiscard]] Eigen::MatrixXd linear_functions(const Eigen::Ref<const Eigen::MatrixXd>& values) const {
    return values.middleCols(first, frame.rows()) * frame;
  }
};

/// With points: the cone is cut into simplicial ones from its first generator, and with coordinates c in the generators
/// G of such a one the matrix is
///   K = Gamma(D/2 + 1) / pi^(D/2) |det G| int over the simplex {c >= 0, sum c = 1} of c c^T / |G c|^(D + 2),
/// by Gauss-Legendre nodes to rounding where no angle is beyond 60 degrees; its symmetric root has positive entries,
/// and the points are the generators times its columns. No points: the cone is empty but for rounding.
Cone make_cone(Eigen::MatrixXd generators);

/// Cones of one space, or of the same turned by some angle: results differ by rounding alone.
enum class Turn { none, turned };

/// The orthants, cut until no angle is beyond 60 degrees.
std::vector<Cone> cones_of_space(int64_t dimensions, Turn turn = Turn::none);

/// The cone cut where linear functions (coefficients [functions, D]) are 0: none has both signs on a piece. Values up
/// to `tolerances`, one a function, are 0; pieces without points are left out. Empty: there is nothing to cut.
std::vector<Cone> cut(const Cone& cone, const Eigen::MatrixXd& functions, const Eigen::VectorXd& tolerances);

}  // namespace tpc::evaluation
