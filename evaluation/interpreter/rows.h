/// \file Rows of a table by index: taken, added up, counted once, and added to a state.
#pragma once

#include <vector>

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

// An index outside of -1..size-1 is an internal error (data are checked where they are read).

/// ir::Gather; the result has the dims of ir::Gather's rule.
class GatheredRows {
 public:
  GatheredRows(const Shape& table, const Shape& index, DimId dim, const std::vector<DimId>& result, const Sizes& sizes);
  void run(const double* table, const double* index, double* result) const;

 private:
  Index rows_, size_, stride_;
  std::vector<Index> index_columns_, table_columns_;  ///< by column of the result; of the table at place 0 of `dim`
};

/// target (with `dim`) += value, at every index over both: along `dim` at the place that the index says (ir::Scatter
/// from zero, ir::AddRows).
class AddedRows {
 public:
  AddedRows(const Shape& value, const Shape& index, DimId dim, const Shape& target, const Sizes& sizes);
  void run(const double* value, const double* index, double* target) const;

 private:
  Index rows_, size_, stride_;
  std::vector<Index> value_columns_, index_columns_, target_columns_;
};

/// ir::Present.
void present(const double* index, Index count, double* result);

/// Some numbers.
struct Numbers {
  const double* data;
  Index count;
};
/// ir::FirstOccurrence.
void first_occurrence(const Numbers& index, const std::vector<Numbers>& earlier, double* result);

}  // namespace tpc::evaluation::interpreter
