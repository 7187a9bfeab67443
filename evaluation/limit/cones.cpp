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

class Cutter {
 public:
  Cutter(const Cone& whole, const VectorXd& tolerances) : whole_(whole), tolerances_(tolerances) {}

  /// A piece with generators `whole * shares`, and the values at them.
  void cut(const MatrixXd& shares, const MatrixXd& values) {  // NOLINT(misc-no-recursion)
    Index positive = 0, negative = 0;
    if (!find_edge(values, positive, negative)) return add(shares);
    // Along the edge the function that changes sign is 0 at a point between its ends.
    const double above = values(row_, positive), below = -values(row_, negative);
    VectorXd share = below * shares.col(positive) + above * shares.col(negative);
    VectorXd value = below * values.col(positive) + above * values.col(negative);
    const double length = (whole_.generators * share).norm();
    share /= length;
    value /= length;
    value[row_] = 0.0;
    for (const Index replaced : {positive, negative}) {
      MatrixXd piece = shares, at_piece = values;
      piece.col(replaced) = share;
      at_piece.col(replaced) = value;
      cut(piece, at_piece);
    }
  }

  /// Whether some function has both signs.
  bool crosses(const MatrixXd& values) {
    Index positive = 0, negative = 0;
    return find_edge(values, positive, negative);
  }

  std::vector<ConePiece> pieces() { return std::move(pieces_); }

 private:
  /// What is left at the end of a cut is empty but for rounding where the functions' zeros meet.
  void add(const MatrixXd& shares) {
    constexpr double least_volume = 1e-16;
    MatrixXd generators = whole_.generators * shares;
    if (std::abs(generators.determinant()) > least_volume)
      pieces_.push_back({make_cone(std::move(generators)), shares});
  }

  /// Of the first function with both signs: where it is largest and smallest.
  bool find_edge(const MatrixXd& values, Index& positive, Index& negative) {
    for (row_ = 0; row_ < values.rows(); ++row_) {
      const double largest = values.row(row_).maxCoeff(&positive), smallest = values.row(row_).minCoeff(&negative);
      if (largest > tolerances_[row_] && smallest < -tolerances_[row_]) return true;
    }
    return false;
  }

  const Cone& whole_;
  const VectorXd& tolerances_;
  Index row_ = 0;
  std::vector<ConePiece> pieces_;
};

}  // namespace

Cone make_cone(MatrixXd generators) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(moments_in_generators(generators));
  MatrixXd weights = solver.operatorSqrt();
  TPC_CHECK(weights.minCoeff() > 0.0, "a point lies outside of its cone");
  return {std::move(generators), std::move(weights)};
}

std::vector<Cone> cones_of_space(int64_t dimensions) {
  std::vector<Cone> cones;
  for (int64_t orthant = 0; orthant < int64_t{1} << dimensions; ++orthant) {
    MatrixXd generators = MatrixXd::Identity(dimensions, dimensions);
    for (int64_t i = 0; i < dimensions; ++i) {
      if ((orthant >> i & 1) != 0) generators(i, i) = -1.0;
    }
    add_narrow(generators, cones);
  }
  return cones;
}

std::vector<ConePiece> cut(const Cone& cone, const MatrixXd& values, const VectorXd& tolerances) {
  Cutter cutter(cone, tolerances);
  if (!cutter.crosses(values)) return {};
  const Index dimensions = cone.generators.rows();
  cutter.cut(MatrixXd::Identity(dimensions, dimensions), values);
  return cutter.pieces();
}

}  // namespace tpc::evaluation
