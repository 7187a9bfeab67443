// Cones and their points: moments against closed forms, and cuts that lose nothing.
#include "evaluation/limit/cones.h"

#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numbers>
#include <random>

using namespace tpc::evaluation;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// E[x x^T; x in the cone].
MatrixXd moments(const Cone& cone) { return cone.points * cone.points.transpose(); }

double distance(const MatrixXd& a, const MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

/// Of a cone in three dimensions by the divergence theorem: P I - sum over its faces of tan(angle / 2) / (4 pi) times
/// the outward normal and the sum of the two generators; P from the solid angle of Van Oosterom and Strackee (1983).
MatrixXd moments_in_space(const MatrixXd& g) {
  const auto dot = [&](int i, int j) { return g.col(i).dot(g.col(j)); };
  const double angle = 2.0 * std::atan2(std::abs(g.determinant()), 1.0 + dot(0, 1) + dot(1, 2) + dot(2, 0));
  MatrixXd result = angle / (4.0 * std::numbers::pi) * MatrixXd::Identity(3, 3);
  for (int i = 0; i < 3; ++i) {
    const Eigen::Vector3d p = g.col((i + 1) % 3), q = g.col((i + 2) % 3), inside = g.col(i);
    Eigen::Vector3d normal = p.cross(q).normalized();
    if (normal.dot(inside) > 0.0) normal = -normal;
    const double half = 0.5 * std::acos(std::clamp(p.dot(q), -1.0, 1.0));
    result -= std::tan(half) / (4.0 * std::numbers::pi) * normal * (p + q).transpose();
  }
  return result;
}

}  // namespace

TEST_CASE("the cones of space have the moments of the whole") {
  for (const int64_t dimensions : {1, 2, 3}) {
    CAPTURE(dimensions);
    MatrixXd sum = MatrixXd::Zero(dimensions, dimensions);
    for (const Cone& cone : cones_of_space(dimensions)) {
      sum += moments(cone);
    }
    CHECK(distance(sum, MatrixXd::Identity(dimensions, dimensions)) < 1e-13);
  }
}

TEST_CASE("moments of a cone in the plane and in space") {
  // Directions from 0 to 40 degrees: E r^2 = 2, so 1/pi times the integrals of cos^2, cos sin, sin^2.
  const double end = 2.0 * std::numbers::pi / 9.0;
  MatrixXd generators(2, 2);
  generators << 1.0, std::cos(end), 0.0, std::sin(end);
  MatrixXd expected(2, 2);
  const double mixed = 0.5 * std::sin(end) * std::sin(end);
  expected << 0.5 * (end + 0.5 * std::sin(2 * end)), mixed, mixed, 0.5 * (end - 0.5 * std::sin(2 * end));
  CHECK(distance(moments(make_cone(generators)), expected / std::numbers::pi) < 1e-15);
  for (const Cone& cone : cones_of_space(3)) {
    CHECK(distance(moments(cone), moments_in_space(cone.generators)) < 1e-14);
  }
}

TEST_CASE("cut cones have no kink inside and the moments of the whole") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (const int64_t dimensions : {2, 3}) {
    for (const Cone& cone : cones_of_space(dimensions)) {
      const MatrixXd functions = MatrixXd::NullaryExpr(6, dimensions, [&] { return normal(random); });
      const VectorXd tolerances = VectorXd::Constant(6, 1e-13);
      const MatrixXd values = functions * cone.generators;
      const std::vector<Cone> pieces = cut(cone, functions, tolerances);
      const bool crossed =
          ((values.rowwise().maxCoeff().array() > 0.0) && (values.rowwise().minCoeff().array() < 0.0)).any();
      CHECK(pieces.empty() == !crossed);
      if (pieces.empty()) continue;
      MatrixXd sum = MatrixXd::Zero(dimensions, dimensions);
      for (const Cone& piece : pieces) {
        sum += moments(piece);
        const MatrixXd at_points = functions * piece.points;
        CHECK(distance(piece.linear_functions(at_points) * piece.points, at_points) < 1e-13);
        const MatrixXd at_corners = functions * piece.generators, inside = functions * piece.points;
        for (int row = 0; row < 6; ++row) {
          CHECK_FALSE((at_corners.row(row).maxCoeff() > 1e-12 && at_corners.row(row).minCoeff() < -1e-12));
          CHECK_FALSE((inside.row(row).maxCoeff() > 0.0 && inside.row(row).minCoeff() < 0.0));
        }
      }
      CHECK(distance(sum, moments(cone)) < 1e-14);
    }
  }
}
