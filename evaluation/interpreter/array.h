/// \file Scalars and vectors of the interpreter in memory, and the index arithmetic of broadcasting, which is done once
/// for every function and size of its batches (plan.h).
#pragma once

#include <Eigen/Core>
#include <vector>

#include "ir/core/module.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation::interpreter {

// It speaks of TP IR throughout.
using namespace ir;
using namespace ir::tp;
using ir::tp::Function;
using ir::tp::Instruction;
using ir::tp::Module;

using Index = Eigen::Index;

/// The sizes of the module's dimensions in this run, by DimId.
class Sizes {
 public:
  explicit Sizes(std::vector<Index> sizes) : sizes_(std::move(sizes)) {}
  [[nodiscard]] Index of(DimId dim) const { return sizes_[dim.index]; }
  [[nodiscard]] Index product(const std::vector<DimId>& dims) const;
  friend bool operator==(const Sizes&, const Sizes&) = default;

 private:
  std::vector<Index> sizes_;
};

/// How a value lies in memory: one column per finite index (last dimension fastest), of `rows` coordinates: the width n
/// for a vector, 1 for a scalar. Columns are contiguous, so the memory is row-major [dims..., rows].
struct Shape {
  std::vector<DimId> dims;
  Index rows = 1;
  [[nodiscard]] Index columns(const Sizes& sizes) const { return sizes.product(dims); }
  [[nodiscard]] Index numbers(const Sizes& sizes) const { return rows * columns(sizes); }
};

/// For every index over `walked`, in its order: the column of an array over `dims` it falls on. Dimensions of `dims`
/// that are not walked must not exist; walked ones that the array lacks leave the column where it is (broadcasting).
std::vector<Index> columns_of(const std::vector<DimId>& dims, const std::vector<DimId>& walked, const Sizes& sizes);

/// Memory that is used again; what is in it does not outlive the next use.
class Buffer {
 public:
  double* of_size(Index numbers) {
    if (values_.size() < numbers) values_.resize(numbers);
    return values_.data();
  }

 private:
  Eigen::VectorXd values_;
};

/// An array's columns in another order of dimensions, repeated along those it lacks.
class Arrangement {
 public:
  Arrangement(const Shape& shape, const std::vector<DimId>& order, const Sizes& sizes);
  /// Whether the columns lie in that order already.
  [[nodiscard]] bool none() const { return columns_.empty(); }
  void copy(const double* from, double* to) const;
  /// `from` itself if it has that order already, else a copy in the buffer.
  const double* arranged(const double* from, Buffer& storage) const;

 private:
  Index rows_;
  std::vector<Index> columns_;
};

/// The sum over some of an array's dimensions.
class Sum {
 public:
  Sum(const Shape& shape, const std::vector<DimId>& over, const Sizes& sizes);
  [[nodiscard]] const Shape& result() const { return result_; }
  void run(const double* from, double* to) const;

 private:
  Shape result_;
  Index result_numbers_;
  /// Dimensions that are neighbours: [outer, summed, inner] numbers.
  Index outer_ = 1, summed_ = 1, inner_ = 1;
  std::vector<Index> columns_;  ///< else: of the result, by column of the array
};

}  // namespace tpc::evaluation::interpreter
