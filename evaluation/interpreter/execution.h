/// \file One run of one function: evaluates its instructions in order and applies its writes at the end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evaluation/interpreter/array.h"
#include "evaluation/interpreter/interpreter.h"
#include "evaluation/interpreter/lazy_matrix.h"

namespace tpc::evaluation::interpreter {

/// The current values of the states, by StateId: an array for scalars and vectors, a dense matrix for matrices.
struct States {
  std::vector<std::shared_ptr<Array>> arrays;
  std::vector<SquareMatrix> matrices;
};

/// Result values by name, row-major [dims..., n]; a matrix result is [n, n].
std::map<std::string, std::vector<double>> execute(const Module& module, const Function& function, int64_t width,
                                                   const Batch& batch, States& states);

/// The first array of the function that is not finite. Nothing is written to the states.
std::optional<NotFinite> find_not_finite(const Module& module, const Function& function, int64_t width,
                                         const Batch& batch, States& states);

}  // namespace tpc::evaluation::interpreter
