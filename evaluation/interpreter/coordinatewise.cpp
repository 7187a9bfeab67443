#include "evaluation/interpreter/coordinatewise.h"

#include <algorithm>

#include "evaluation/interpreter/parallel.h"
#include "evaluation/interpreter/primitives.h"
#include "ir/core/typing.h"

namespace tpc::evaluation::interpreter {
namespace {

/// Numbers that are evaluated at a time: a few registers of them fit into the first-level cache.
constexpr Index piece = 512;

/// Whether an array has all of these dimensions, as its last ones in this order, or none of them.
bool all_or_none(const std::vector<DimId>& dims, const std::vector<DimId>& last) {
  if (dims.size() >= last.size() && std::equal(last.rbegin(), last.rend(), dims.rbegin())) return true;
  return std::none_of(last.begin(), last.end(), [&](DimId dim) { return contains_dim(dims, dim); });
}

/// How many of the result's last dimensions make one run: along them every array has the same numbers in the same
/// order, or one number. Coordinates are the innermost part of a run.
size_t dims_in_run(const std::vector<Shape>& arrays, const Shape& result) {
  const auto fits = [&](size_t count) {
    const std::vector<DimId> last(result.dims.end() - static_cast<std::ptrdiff_t>(count), result.dims.end());
    return std::all_of(arrays.begin(), arrays.end(), [&](const Shape& array) {
      const bool has_all = contains_dim(array.dims, last.back());
      return all_or_none(array.dims, last) && (result.rows == 1 || has_all == (array.rows == result.rows));
    });
  };
  size_t count = result.dims.size();
  while (count > 0 && !fits(count)) --count;
  return count;
}

}  // namespace

Coordinatewise::Coordinatewise(std::vector<MapStep> steps, const std::vector<Shape>& arrays, const Shape& result,
                               const Sizes& sizes)
    : steps_(std::move(steps)) {
  allot_registers();
  const auto outer_count = static_cast<std::ptrdiff_t>(result.dims.size() - dims_in_run(arrays, result));
  const std::vector<DimId> outer(result.dims.begin(), result.dims.begin() + outer_count);
  const Index columns_in_run = sizes.product({result.dims.begin() + outer_count, result.dims.end()});
  runs_ = sizes.product(outer);
  length_ = columns_in_run * result.rows;
  for (const Shape& array : arrays) place(array, outer, columns_in_run, sizes);
}

/// An array's columns by run: as if its dimensions within a run, which it has all or not at all, were one column.
void Coordinatewise::place(const Shape& array, const std::vector<DimId>& outer, Index columns_in_run,
                           const Sizes& sizes) {
  std::vector<DimId> own;
  for (DimId dim : array.dims) {
    if (contains_dim(outer, dim)) own.push_back(dim);
  }
  const Index numbers = array.rows * (own.size() < array.dims.size() ? columns_in_run : 1);
  Placed placed{numbers < length_, {}};
  if (own != outer) {
    placed.starts = columns_of(own, outer, sizes);
    for (Index& start : placed.starts) start *= numbers;
  }
  placed_.push_back(std::move(placed));
}

/// A step's numbers may replace those of its first argument that is a step.
void Coordinatewise::allot_registers() {
  size_t depth = 0;  // registers in use: a stack
  for (const MapStep& step : steps_) {
    for (const MapStep::Operand& argument : step.arguments) depth -= argument.is_step ? 1 : 0;
    registers_.push_back(depth++);
    register_count_ = std::max(register_count_, depth);
  }
}

void Coordinatewise::run(const std::vector<const double*>& arrays, double* result) const {
  const Index pieces = std::max<Index>(1, (length_ + piece - 1) / piece);
  for_each_index(runs_ * pieces, runs_ * length_ * static_cast<Index>(steps_.size()), [&](Index i) {
    const Index begin = i % pieces * piece;
    run_piece(arrays, i / pieces, begin, std::min(piece, length_ - begin), result);
  });
}

void Coordinatewise::run_piece(const std::vector<const double*>& arrays, Index run, Index begin, Index count,
                               double* result) const {
  thread_local Buffer storage;
  double* registers = storage.of_size(static_cast<Index>(register_count_) * piece);
  const auto argument = [&](const MapStep::Operand& operand) -> Argument {
    if (operand.is_step) return {registers + static_cast<Index>(registers_[operand.index]) * piece, false};
    const Placed& placed = placed_[operand.index];
    const Index numbers = placed.one_number ? 1 : length_;
    const Index start = placed.starts.empty() ? run * numbers : placed.starts[static_cast<size_t>(run)];
    return {arrays[operand.index] + start + (placed.one_number ? 0 : begin), placed.one_number};
  };
  for (size_t s = 0; s < steps_.size(); ++s) {
    const MapStep& step = steps_[s];
    double* out =
        s + 1 == steps_.size() ? result + run * length_ + begin : registers + static_cast<Index>(registers_[s]) * piece;
    const Argument first = argument(step.arguments.front());
    if (step.arguments.size() == 1) {
      apply_unary(step.primitive, step.power, first.data, count, out);
    } else {
      apply_binary(step.primitive, first, argument(step.arguments.back()), count, out);
    }
  }
}

}  // namespace tpc::evaluation::interpreter
