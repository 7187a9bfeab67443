/// \file Sums of products: contractions over finite dimensions and moments over the width, as matrix-matrix products.
#pragma once

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

/// ir::Contract; `rhs` may be null.
Array contract(const Array& lhs, const Array* rhs, const std::vector<DimId>& over, const Sizes& sizes);

/// ir::tp::Moment; `rhs` may be null.
Array moment(const Array& lhs, const Array* rhs, const std::vector<DimId>& over, const Sizes& sizes);

}  // namespace tpc::evaluation::interpreter
