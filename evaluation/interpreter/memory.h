/// \file Where values are while a function runs.
#pragma once

#include <vector>

#include "evaluation/batch.h"
#include "evaluation/interpreter/array.h"
#include "evaluation/interpreter/lazy_matrix.h"
#include "evaluation/interpreter/products.h"

namespace tpc::evaluation::interpreter {

/// The current values of the states, by StateId: [dims..., rows] for scalars and vectors, a dense matrix for matrices.
struct States {
  std::vector<Eigen::VectorXd> arrays;
  std::vector<StateMatrix> matrices;
};

/// What the functions of one network compute in, one at a time.
struct Workspace {
  std::vector<Buffer> slots;
  ProductScratch products;
  Buffer scratch;
};

/// One run of one function.
struct Memory {
  const Batch& batch;
  States& states;
  Workspace& workspace;
  std::vector<const double*> arrays;  ///< by ValueId: where the value is, once it has been made
  std::vector<double*> targets;       ///< by ValueId: where it is to be made, if it needs memory of its own
  std::vector<LazyMatrix> matrices;   ///< by ValueId

  [[nodiscard]] const double* at(ValueId id) const { return arrays[id.index]; }
};

}  // namespace tpc::evaluation::interpreter
