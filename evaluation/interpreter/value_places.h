/// \file Where each value of a function is kept: which values are another one under a new name, which maps are
/// evaluated as a part of the map they go into, and which memory is used again when a value is no longer needed.
#pragma once

#include <optional>
#include <vector>

#include "evaluation/interpreter/array.h"
#include "evaluation/interpreter/lazy_matrix.h"

namespace tpc::evaluation::interpreter {

enum class MapFusion { whole_trees, none };

struct ValuePlaces {
  ValuePlaces(const Module& module, const Function& function, Index width, const Sizes& sizes, MapFusion fusion);

  [[nodiscard]] const Shape& shape(ValueId id) const { return shapes[id.index]; }
  [[nodiscard]] Index numbers(ValueId id, const Sizes& sizes) const { return shape(id).numbers(sizes); }

  std::vector<Shape> shapes;                   ///< by value; of arrays
  std::vector<LazyMatrix::Size> matrix_sizes;  ///< by value; of matrices
  /// By value: itself, or the value that it is with other dimensions or another derivative.
  std::vector<ValueId> roots;
  std::vector<bool> fused;                   ///< a map that is evaluated with the one map that uses it
  std::vector<std::optional<size_t>> slots;  ///< of the workspace
  std::vector<Index> slot_sizes;
  /// Values that are written to states have memory of their own, which becomes the state's: index of `written_sizes`.
  std::vector<std::optional<size_t>> written;
  std::vector<Index> written_sizes;
};

}  // namespace tpc::evaluation::interpreter
