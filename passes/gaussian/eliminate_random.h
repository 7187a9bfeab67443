/// \file Expectations of a function whose states are read at initialisation, as formulas in covariances: closed forms
/// by rule (gaussian_moments.h), sums over nodes for the rest. README.md of this folder has the mathematics.
/// Shown by: tests/unit/codegen/gaussian_test.cpp (numeric integration, golden kernels).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Replaces every random variable of the function by scalars, or leaves the function alone and says which value has no
/// such formula and why. Sums over quadrature nodes run over the dimensions `Q` and `Q'` of `quadrature_nodes`, which
/// are in the module if and only if some function needs them. Precondition: the module verifies. `zero`, if given, gets
/// the expectations of the old function that vanish.
std::optional<std::string> eliminate_random(ir::limit::Module& module, const ir::FunctionKey& function,
                                            int64_t quadrature_nodes, std::vector<ir::ValueId>* zero = nullptr);

}  // namespace tpc::passes
