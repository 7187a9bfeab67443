/// \file Coordinatewise maps of arrays, with broadcasting over finite dimensions and of scalars over the width. Maps of
/// maps are evaluated together, some hundred numbers at a time: what is between them never leaves the cache.
#pragma once

#include <vector>

#include "evaluation/interpreter/array.h"
#include "ir/core/primitive.h"

namespace tpc::evaluation::interpreter {

/// phi of one or two arguments: an earlier step of the same list, or an array.
struct MapStep {
  struct Operand {
    bool is_step;
    size_t index;  ///< of the step, or of the array
  };
  Primitive primitive;
  int power;
  std::vector<Operand> arguments;
};

/// A tree of maps whose values all have one shape; every step but the last is an argument of exactly one later step,
/// and what a step takes from earlier ones was made last (post-order). Math: ir::Map.
class Coordinatewise {
 public:
  Coordinatewise(std::vector<MapStep> steps, const std::vector<Shape>& arrays, const Shape& result, const Sizes& sizes);
  /// arrays: where each begins.
  void run(const std::vector<const double*>& arrays, double* result) const;

 private:
  /// An array along the result, which is cut into runs of `length_` numbers.
  struct Placed {
    bool one_number;            ///< for a whole run, else as many numbers as the run has
    std::vector<Index> starts;  ///< by run; empty: all runs in a row
  };
  void allot_registers();
  void place(const Shape& array, const std::vector<DimId>& outer, Index columns_in_run, const Sizes& sizes);
  void run_piece(const std::vector<const double*>& arrays, Index run, Index begin, Index count, double* result) const;

  std::vector<MapStep> steps_;
  std::vector<size_t> registers_;  ///< by step: where its numbers are kept until they are used
  size_t register_count_ = 0;
  std::vector<Placed> placed_;  ///< by array
  Index runs_ = 1, length_ = 1;
};

}  // namespace tpc::evaluation::interpreter
