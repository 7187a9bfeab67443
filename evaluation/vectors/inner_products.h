/// \file Vectors of which only the inner products are known: those of infinitely many coordinates have nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "evaluation/vectors/vector_rows.h"

namespace tpc::evaluation {

/// <v_i, v_j> of `size` vectors. Calls may come from several threads at once.
class InnerProducts {
 public:
  virtual ~InnerProducts() = default;
  [[nodiscard]] virtual std::int64_t size() const = 0;
  /// <v_i, v_j> for i in `rows` and j in [first, last): out[rows, last - first], row-major.
  virtual void block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const = 0;
  /// <v_i, v_j> for i and j in `rows`: out[rows, rows].
  virtual void among(std::span<const std::int32_t> rows, double* out) const = 0;
  /// <v_i, v_i> for all i: out[size].
  virtual void squared_norms(double* out) const = 0;
};

/// Of vectors by coordinates, which are fetched a few at a time: no copy of all of them is made. `rows.fetch` may be
/// called from several threads at once.
class CoordinateProducts final : public InnerProducts {
 public:
  explicit CoordinateProducts(VectorRows rows) : rows_(std::move(rows)) {}
  [[nodiscard]] std::int64_t size() const override { return rows_.size; }
  void block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const override;
  void among(std::span<const std::int32_t> rows, double* out) const override;
  void squared_norms(double* out) const override;

 private:
  [[nodiscard]] std::vector<double> gathered(std::span<const std::int32_t> rows) const;

  VectorRows rows_;
};

/// Of a Gram matrix [size, size] in memory, symmetric. The matrix is the caller's, and stays.
class GramProducts final : public InnerProducts {
 public:
  GramProducts(const double* gram, std::int64_t size) : gram_(gram), size_(size) {}
  [[nodiscard]] std::int64_t size() const override { return size_; }
  void block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const override;
  void among(std::span<const std::int32_t> rows, double* out) const override;
  void squared_norms(double* out) const override;

 private:
  const double* gram_;
  std::int64_t size_;
};

/// Cosines of angles: the inner products of the vectors divided by their lengths. A zero vector has the cosine 0 with
/// all.
class Cosines {
 public:
  /// Only of the first `top` vectors; 0 or more than there are: of all. `products` is the caller's, and stays.
  explicit Cosines(const InnerProducts& products, std::int64_t top = 0);
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(inverse_norms_.size()); }
  /// As InnerProducts has them.
  void block(std::span<const std::int32_t> rows, std::int64_t first, std::int64_t last, double* out) const;
  void among(std::span<const std::int32_t> rows, double* out) const;

 private:
  [[nodiscard]] double inverse_norm(std::int32_t row) const { return inverse_norms_[static_cast<std::size_t>(row)]; }

  const InnerProducts& products_;
  std::vector<double> inverse_norms_;
};

}  // namespace tpc::evaluation
