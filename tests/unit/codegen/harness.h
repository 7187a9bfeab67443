/// \file Building small Limit IR modules and running them compiled.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "codegen/codegen.h"
#include "ir/limit/ir.h"
#include "tests/unit/codegen/reference.h"

namespace tpc::test {

/// A module with the dimensions and states most tests need.
struct Playground {
  Playground();
  ir::limit::Module module;
  ir::DimId batch, other_batch;        ///< of unknown size
  ir::DimId classes, inputs, pair;     ///< 3, 20 (a large one), 2
  ir::DimId other_inputs, other_pair;  ///< 20, 2
  ir::StateId weights;                 ///< vector[inputs], Gaussian
  ir::StateId readout;                 ///< vector[classes]
  ir::StateId bias, other_bias;        ///< vector[]
  ir::StateId table;                   ///< vector[pair,classes]
  ir::StateId rates;                   ///< scalar[classes]
  ir::StateId matrix;

  /// A new function; the builder refers to it until the next call.
  ir::limit::Builder& function(const std::string& name);

 private:
  std::unique_ptr<ir::limit::Builder> builder_;
};

/// Random contents for every state, weights that sum to one.
Contents random_contents(const ir::limit::Module& module, int64_t samples, std::mt19937_64& random);
/// Random data for every field of the module; class indices (fields named "label") in [0, 3),
/// indices of rows (fields named "index...") in [-1, 3).
Fields random_fields(const ir::limit::Module& module, const ExtentSizes& sizes, std::mt19937_64& random);

/// Machine code of the module; compiling must succeed.
codegen::JitModel compile(const ir::limit::Module& module, const codegen::CodegenOptions& options = {});
/// Runs a compiled function against the fake runtime; the status must be TP_OK.
Evaluation run_compiled(const codegen::JitModel& jit, const std::string& function, const Contents& before,
                        const Fields& fields, const ExtentSizes& sizes, int64_t samples_a_block = 128);

/// Compiled and evaluated agree: every result, state and update within `tolerance` of the largest entry's size.
void check_same(const Evaluation& compiled, const Evaluation& expected, double tolerance);
/// Both of the above, in both precisions.
void check_function(const ir::limit::Module& module, const std::string& function, uint64_t seed = 1,
                    const ExtentSizes& sizes = 5);

}  // namespace tpc::test
