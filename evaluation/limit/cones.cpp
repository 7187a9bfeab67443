#include "evaluation/limit/cones.h"

#include <Eigen/Dense>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "base/diag/check.h"

namespace tpc::evaluation {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr unsigned nodes_a_direction = 20;
/// |det G| of generators that span nothing but for rounding.
constexpr double least_volume = 1e-16;

/// Nodes of [0, 1].
std::vector<std::pair<double, double>> unit_rule() {
  using Rule = boost::math::quadrature::gauss<double, nodes_a_direction>;
  std::vector<std::pair<double, double>> rule;
  for (size_t i = 0; i < Rule::abscissa().size(); ++i) {
    for (const double sign : {-1.0, 1.0}) {
      rule.emplace_back(0.5 + 0.5 * sign * Rule::abscissa()[i], 0.5 * Rule::weights()[i]);
    }
  }
  return rule;
}

/// Sums f(c) over the simplex {c >= 0, sum c = 1}, [D - 1]-dimensional: c_1 = s, and the others share 1 - s.
template <class Term>
void over_simplex(VectorXd& c, Index from, double left, double weight, const Term& term) {  // NOLINT(misc-no-recursion)
  static const std::vector<std::pair<double, double>> rule = unit_rule();
  const Index last = c.size() - 1;
  if (from == last) {
    c[last] = left;
    return term(c, weight);
  }
  for (const auto& [share, own] : rule) {
    c[from] = left * share;
    // The volume element: the rest is a simplex of dimension last - from - 1 and size left (1 - share).
    over_simplex(c, from + 1, left * (1.0 - share), weight * own * left, term);
  }
}

MatrixXd moments_in_generators(const MatrixXd& generators) {
  const Index dimensions = generators.rows();
  const double half = 0.5 * static_cast<double>(dimensions);
  const double factor = std::tgamma(half + 1.0) / std::pow(std::numbers::pi, half) * std::abs(generators.determinant());
  MatrixXd sum = MatrixXd::Zero(dimensions, dimensions);
  VectorXd c(dimensions);
  over_simplex(c, 0, 1.0, factor, [&](const VectorXd& at, double weight) {
    sum += weight / std::pow((generators * at).squaredNorm(), half + 1.0) * at * at.transpose();
  });
  return sum;
}

/// The two generators with the largest angle, if that is beyond 60 degrees.
std::optional<std::pair<Index, Index>> wide_pair(const MatrixXd& generators) {
  constexpr double most = 0.5 - 1e-12;
  std::optional<std::pair<Index, Index>> widest;
  double smallest = most;
  for (Index i = 0; i < generators.cols(); ++i) {
    for (Index j = 0; j < i; ++j) {
      const double cosine = generators.col(i).dot(generators.col(j));
      if (cosine >= smallest) continue;
      smallest = cosine;
      widest = {i, j};
    }
  }
  return widest;
}

void add_narrow(const MatrixXd& generators, std::vector<Cone>& cones) {  // NOLINT(misc-no-recursion)
  const auto pair = wide_pair(generators);
  if (!pair) {
    cones.push_back(make_cone(generators));
    return;
  }
  const VectorXd middle = (generators.col(pair->first) + generators.col(pair->second)).normalized();
  for (const Index replaced : {pair->first, pair->second}) {
    MatrixXd half = generators;
    half.col(replaced) = middle;
    add_narrow(half, cones);
  }
}

/// The part of the cone where sign * function >= 0: corners that are there, and where edges cross over.
MatrixXd side(const MatrixXd& generators, const VectorXd& values, double sign, double tolerance) {
  std::vector<VectorXd> kept;
  const Index corners = generators.cols();
  for (Index i = 0; i < corners; ++i) {
    const double own = sign * values[i];
    if (own >= -tolerance) kept.emplace_back(generators.col(i));
    if (i + 1 == corners && corners < 3) break;  // a sector has one edge, a polygon as many as corners
    const Index next = (i + 1) % corners;
    const double other = sign * values[next];
    const bool crosses = (own > tolerance && other < -tolerance) || (own < -tolerance && other > tolerance);
    if (!crosses) continue;
    kept.emplace_back((std::abs(other) * generators.col(i) + std::abs(own) * generators.col(next)).normalized());
  }
  MatrixXd result(generators.rows(), static_cast<Index>(kept.size()));
  for (size_t i = 0; i < kept.size(); ++i) result.col(static_cast<Index>(i)) = kept[i];
  return result;
}

bool has_both_signs(const VectorXd& values, double tolerance) {
  return values.maxCoeff() > tolerance && values.minCoeff() < -tolerance;
}

}  // namespace

Cone make_cone(MatrixXd generators) {
  const Index dimensions = generators.rows(), simplices = generators.cols() - dimensions + 1;
  Cone cone;
  cone.points.resize(dimensions, dimensions * std::max<Index>(0, simplices));
  Index points = 0;
  double largest = 0.0;
  for (Index i = 0; i < simplices; ++i) {
    MatrixXd simplex(dimensions, dimensions);
    simplex << generators.leftCols(1), generators.middleCols(i + 1, dimensions - 1);
    const double volume = std::abs(simplex.determinant());
    if (volume <= least_volume) continue;
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(moments_in_generators(simplex));
    const MatrixXd weights = solver.operatorSqrt();
    TPC_CHECK(weights.minCoeff() > 0.0, "a point lies outside of its cone");
    cone.points.middleCols(points, dimensions) = simplex * weights;
    if (volume > largest) {
      largest = volume;
      cone.first = points;
    }
    points += dimensions;
  }
  cone.points.conservativeResize(dimensions, points);
  if (points > 0) cone.frame = cone.points.middleCols(cone.first, dimensions).inverse();
  cone.generators = std::move(generators);
  return cone;
}

std::vector<Cone> cones_of_space(int64_t dimensions, Turn turn) {
  MatrixXd axes = MatrixXd::Identity(dimensions, dimensions);
  if (turn == Turn::turned) {
    // An orthogonal matrix without a simple angle.
    const auto entry = [](Index i, Index j) { return std::sin(1.0 + static_cast<double>(3 * i + j)); };
    axes = MatrixXd::NullaryExpr(dimensions, dimensions, entry).householderQr().householderQ();
  }
  std::vector<Cone> cones;
  for (int64_t orthant = 0; orthant < int64_t{1} << dimensions; ++orthant) {
    MatrixXd generators = axes;
    for (int64_t i = 0; i < dimensions; ++i) {
      if ((orthant >> i & 1) != 0) generators.col(i) *= -1.0;
    }
    add_narrow(generators, cones);
  }
  return cones;
}

std::vector<Cone> cut(const Cone& cone, const MatrixXd& functions, const VectorXd& tolerances) {
  std::vector<MatrixXd> pieces = {cone.generators};
  for (Index row = 0; row < functions.rows(); ++row) {
    std::vector<MatrixXd> cut_pieces;
    for (MatrixXd& piece : pieces) {
      const VectorXd values = (functions.row(row) * piece).transpose();
      if (!has_both_signs(values, tolerances[row])) {
        cut_pieces.push_back(std::move(piece));
        continue;
      }
      for (const double sign : {1.0, -1.0}) cut_pieces.push_back(side(piece, values, sign, tolerances[row]));
    }
    pieces = std::move(cut_pieces);
  }
  if (pieces.size() == 1) return {};
  std::vector<Cone> cones;
  for (MatrixXd& piece : pieces) {
    Cone made = make_cone(std::move(piece));
    if (made.points.cols() > 0) cones.push_back(std::move(made));
  }
  return cones;
}

}  // namespace tpc::evaluation
