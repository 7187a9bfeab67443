/// \file Sums of products: contractions over finite dimensions and moments over the width, as matrix-matrix products.
#pragma once

#include <optional>
#include <vector>

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

/// A dense column-major matrix operand, or its transpose.
struct Operand2D {
  const double* data;
  Index leading;  ///< distance between columns in memory
  bool transposed;
};

/// target (rows x columns, column-major, contiguous) = scale * a b + keep * target, with `inner` terms a sum.
void multiply(Index rows, Index columns, Index inner, double scale, Operand2D a, Operand2D b, double keep,
              double* target);

/// Working memory of one product.
struct ProductScratch {
  Buffer left_sum, right_sum, left, right, result;
};

/// The dimensions of a product of two arrays by what happens to them.
struct Roles {
  Roles(const std::vector<DimId>& left_dims, const std::vector<DimId>& right_dims, const std::vector<DimId>& over);
  std::vector<DimId> batch;  ///< on both sides, kept
  std::vector<DimId> left;   ///< on the left only
  std::vector<DimId> right;  ///< on the right only
  std::vector<DimId> inner;  ///< on both sides, summed
};

/// What an operand is summed over before it is multiplied: what is summed and the other side does not have.
class Presummed {
 public:
  Presummed(const Shape& shape, const std::vector<DimId>& over, const std::vector<DimId>& other_side,
            const Sizes& sizes);
  [[nodiscard]] const Shape& shape() const { return shape_; }
  const double* run(const double* from, Buffer& storage) const;

 private:
  Shape shape_;
  std::optional<Sum> sum_;
  Index numbers_ = 0;
};

/// ir::Contract of two arrays. The left one may be a vector, the right one is scalar.
class Contraction {
 public:
  Contraction(const Shape& left, const Shape& right, const std::vector<DimId>& over, const std::vector<DimId>& result,
              const Sizes& sizes);
  void run(const double* left, const double* right, double* result, ProductScratch& scratch) const;

 private:
  void multiply_batches(const double* left, const double* right, double* result) const;
  /// Coefficients with zeros (images, one-hot codes, masks) cost what is not zero. False: they have too few.
  bool combine_columns(const double* left, const double* right, double* result) const;

  Presummed left_, right_;
  Roles roles_;
  bool right_inner_first_;  ///< the right's columns are ordered [batch, inner, right], else [batch, right, inner]
  Arrangement arrange_left_, arrange_right_, arrange_result_;
  Index batches_, rows_, columns_, inner_;
};

/// ir::tp::Moment of two arrays: `factor` times the sum over coordinates and indices.
class InnerProducts {
 public:
  InnerProducts(const Shape& left, const Shape& right, const std::vector<DimId>& over, const std::vector<DimId>& result,
                const Sizes& sizes, double factor);
  void run(const double* left, const double* right, double* result, ProductScratch& scratch) const;

 private:
  Presummed left_, right_;
  Roles roles_;
  Arrangement arrange_left_, arrange_right_, arrange_result_;
  Index batches_, rows_, columns_, inner_;
  double factor_;
};

}  // namespace tpc::evaluation::interpreter
