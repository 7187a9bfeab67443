/// \file Arrays in NumPy's format (NEP 1 and its version 2;
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// Reads rows of an array of any shape as [first dimension, product of the others]. Versions 1 and 2, little-endian C
/// order, elements u1 i1 u2 i2 u4 i4 u8 i8 f4 f8. `columns`: how many there must be, 0: any.
/// Errors: the file cannot be read or is not such an array; it is shorter than its header says; no such rows; a value
/// that is not finite.
TableOrError read_npy(const std::string& path, const RowRange& range = {}, std::size_t columns = 0);

}  // namespace tpc::evaluation
