/// \file f as an expansion in the points that training has met.
#pragma once

#include <vector>

#include "evaluation/kernel/kernel_function.h"
#include "evaluation/kernel/known_points.h"

namespace tpc::evaluation {

/// f(x) = sum_j K(x, x_j) c_j. Of points that return, the kernel is remembered, and f kept up to date, as long as there
/// is memory for all pairs; of more points both are computed when they are asked for.
class KernelExpansion {
 public:
  /// `kernel` must outlive this. `most_bytes`: of memory for pairs.
  KernelExpansion(const KernelFunction& kernel, size_t outputs, double most_bytes = 1024.0 * 1024 * 1024)
      : kernel_(kernel), outputs_(outputs), most_bytes_(most_bytes) {}

  /// How many points f has moved along.
  [[nodiscard]] size_t terms() const { return moved_.size(); }
  /// By index of the points met: [points, outputs]
  [[nodiscard]] const std::vector<double>& coefficients() const { return coefficients_; }

  /// The indices of points, which may be new, by which training speaks of them.
  std::vector<size_t> meet(const Batch& points);
  /// [indices, outputs]
  [[nodiscard]] std::vector<double> values(const std::vector<size_t>& indices) const;
  /// [rows, columns], row-major.
  [[nodiscard]] std::vector<double> kernel(const std::vector<size_t>& rows, const std::vector<size_t>& columns) const;
  /// changes: of the coefficients of these points, [indices, outputs].
  void add(const std::vector<size_t>& indices, const std::vector<double>& changes);

  /// At any points. Adds to values : [points, outputs] by how much f has changed there since the coefficients were
  /// `before` (those of the first points met; the others were 0).
  void add_change(const Batch& points, const std::vector<double>& before, double* values) const;

 private:
  void remember_more();
  void forget();
  void add_to_remembered(const std::vector<size_t>& indices, const std::vector<double>& changes);

  const KernelFunction& kernel_;
  size_t outputs_;
  double most_bytes_;
  KnownPoints points_;
  std::vector<double> coefficients_;
  std::vector<size_t> moved_;  ///< indices with a coefficient, in the order in which they got it
  std::vector<bool> has_moved_;
  bool remembers_ = true;
  std::vector<std::vector<double>> pairs_;  ///< of point i with the points up to i
  std::vector<double> values_;              ///< f at the points met, [points, outputs]
};

}  // namespace tpc::evaluation
