/// \file Rows of a table by index: taken, added up, counted once, and added to a state.
#pragma once

#include <vector>

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

// An index outside of -1..size-1 is an internal error (data are checked where they are read).

/// ir::Gather.
Array gather(const Array& table, const Array& index, DimId dim, const Sizes& sizes);
/// ir::Scatter.
Array scatter(const Array& value, const Array& index, DimId dim, const std::vector<DimId>& over, const Sizes& sizes);
/// ir::Present.
Array present(const Array& index);
/// ir::FirstOccurrence.
Array first_occurrence(const Array& index, const std::vector<const Array*>& earlier);
/// ir::AddRows, in the state's own memory.
void add_rows(const Array& value, const Array& index, DimId dim, const Sizes& sizes, Array& state);

}  // namespace tpc::evaluation::interpreter
