/// \file Coordinatewise maps of arrays: one Eigen expression a primitive, with broadcasting over finite dimensions and
/// of scalars over the width.
#pragma once

#include <vector>

#include "evaluation/interpreter/array.h"
#include "ir/core/primitive.h"

namespace tpc::evaluation::interpreter {

/// phi applied to one or two arrays; the result has `dims` and n rows if any argument has (math: ir::Map).
Array coordinatewise(Primitive primitive, int power, const std::vector<const Array*>& arguments,
                     const std::vector<DimId>& dims, const Sizes& sizes);

}  // namespace tpc::evaluation::interpreter
