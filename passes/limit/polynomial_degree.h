/// \file Programs whose random variables stay polynomials in the initial Gaussian variables: every nonlinearity is one,
/// and there is no n x n matrix, which brings new Gaussians. Then each expectation is one of a polynomial of known
/// degree, and Gauss-Hermite nodes make it exact: Wick's theorem as a finite sum (math.md 6c). Training raises the
/// degree: of `square` with both layers trained it doubles with every step.
/// Shown by: tests/unit/evaluation/exact_programs_test.cpp, tests/numeric/one_hidden_layer_test.py.
#pragma once

#include <cstdint>
#include <optional>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Degrees beyond this are not told apart.
inline constexpr int64_t most_polynomial_degree = 4096;

/// The largest degree of what stands in an expectation of any function, from the start until after `steps` steps.
/// Nothing: some random variable is no polynomial, or there is a matrix.
std::optional<int64_t> degree_of_expectations(const ir::limit::Module& module, int64_t steps);

}  // namespace tpc::passes
