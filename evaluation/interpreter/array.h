/// \file Scalars and vectors of the interpreter as dense arrays, and the index arithmetic of broadcasting.
#pragma once

#include <Eigen/Core>
#include <memory>
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

/// A value over its finite dimensions: one column per finite index (last dimension fastest), of `rows` coordinates: the
/// width n for a vector, 1 for a scalar. Columns are contiguous, so the memory is row-major [dims..., n].
struct Array {
  std::vector<DimId> dims;
  Eigen::MatrixXd values;
};
using ArrayPointer = std::shared_ptr<const Array>;

/// The sizes of the module's dimensions in this run, by DimId.
class Sizes {
 public:
  explicit Sizes(std::vector<Index> sizes) : sizes_(std::move(sizes)) {}
  [[nodiscard]] Index of(DimId dim) const { return sizes_[dim.index]; }
  [[nodiscard]] Index product(const std::vector<DimId>& dims) const;

 private:
  std::vector<Index> sizes_;
};

/// For every index over `walked`, in its order: the column of an array over `dims` it falls on. Dimensions of `dims`
/// that are not walked must not exist; walked ones that the array lacks leave the column where it is (broadcasting).
std::vector<Index> columns_of(const std::vector<DimId>& dims, const std::vector<DimId>& walked, const Sizes& sizes);

/// The columns of the array in the order of `dims`, repeated along dimensions it lacks. Returns the array's own memory
/// if it has that order already, else a copy in `storage`.
const Eigen::MatrixXd& arranged(const Array& array, const std::vector<DimId>& dims, const Sizes& sizes,
                                Eigen::MatrixXd& storage);
Array rearranged(Array array, const std::vector<DimId>& dims, const Sizes& sizes);

/// The sum over some of the array's dimensions.
Array sum_over(const Array& array, const std::vector<DimId>& over, const Sizes& sizes);

}  // namespace tpc::evaluation::interpreter
