/// \file Expectations of several functions as formulas, function by function: the pass `gaussian`.
/// Shown by: tests/lit/passes/gaussian, tests/unit/codegen/gaussian_test.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/limit/ir.h"
#include "passes/gaussian/quadrature.h"

namespace tpc::passes {

struct EvaluatedExpectations {
  ir::limit::Module module;
  std::map<ir::FunctionKey, std::string> sampled;  ///< functions left as they were, and why: some value has no formula
  std::map<ir::FunctionKey, std::vector<ir::ValueId>> zero;  ///< by function, as given: expectations that vanish
};

/// eliminate_random on each of `functions`, which the module has and which read states at their initial law. `nodes`:
/// of sums in place of integrals, in each direction.
EvaluatedExpectations evaluate_expectations(ir::limit::Module module, const std::vector<ir::FunctionKey>& functions,
                                            int64_t nodes = default_quadrature_nodes);

}  // namespace tpc::passes
