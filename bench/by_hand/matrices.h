/// \file What the loops written by hand share: matrices by columns, weights drawn and scaled, losses with their slopes.
/// A column is an example: features are [width, batch], so that every product is one call of OpenBLAS.
#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <string>
#include <vector>

#include "bench/by_hand/network.h"

namespace tpc::bench::by_hand {

using Eigen::Index;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
/// Weights [n, n], by rows, in the order they are drawn in.
template <class Real>
using SquareMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows in memory become columns.
template <class Real>
Matrix<Real> columns_of(const double* rows, Index length, Index count) {
  return Eigen::Map<const Eigen::MatrixXd>(rows, length, count).template cast<Real>();
}

/// `columns` vectors of the width, of standard deviation `deviation`.
template <class Real>
Matrix<Real> drawn(const DrawNormals& draw, const std::string& name, Index width, Index columns, double deviation) {
  Eigen::MatrixXd normals(width, columns);
  draw(name, normals.data(), normals.size());
  return (deviation * normals).template cast<Real>();
}

/// A matrix of the width times the width, of entries of standard deviation `deviation`.
template <class Real>
SquareMatrix<Real> drawn_square(const DrawNormals& draw, const std::string& name, Index width, double deviation) {
  SquareMatrix<double> normals(width, width);
  draw(name, normals.data(), normals.size());
  return (deviation * normals).template cast<Real>();
}

/// Mean loss over the columns of `f`; `slope` receives its derivative by f.
template <class Real>
double loss_and_slope(Loss loss, const Matrix<Real>& f, const double* targets, Matrix<Real>& slope) {
  const auto per_example = Real(1) / static_cast<Real>(f.cols());
  if (loss == Loss::squares) {
    slope = (f - columns_of<Real>(targets, f.rows(), f.cols())) * per_example;
    return 0.5 * static_cast<double>(slope.squaredNorm()) * static_cast<double>(f.cols());
  }
  slope.resize(f.rows(), f.cols());
  double sum = 0.0;
  for (Index i = 0; i < f.cols(); ++i) {
    const auto target = static_cast<Index>(targets[i]);
    const Real largest = f.col(i).maxCoeff();
    slope.col(i) = (f.col(i).array() - largest).exp();
    const Real total = slope.col(i).sum();
    sum += static_cast<double>(std::log(total) + largest - f(target, i));
    slope.col(i) /= total;
    slope(target, i) -= Real(1);
  }
  slope *= per_example;
  return sum / static_cast<double>(f.cols());
}

}  // namespace tpc::bench::by_hand
