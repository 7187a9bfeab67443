/// \file The limit of a stable feature-learning program: TP IR + width exponents -> Limit IR (math.md section 5a).
/// Every value u becomes n^e times a random variable or number of order one; of a sum only the terms with the leading
/// exponent stay, the others are listed in Module::vanishing. Every function of the program (step, predict, observe_*)
/// is derived by the same rules. Shown by: tests/numeric/golden_test.py and tests/lit/passes/derive-limit.
#pragma once

#include <string>
#include <variant>

#include "ir/limit/ir.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

/// Why there is no limit of this kind, and where.
struct LimitFailure {
  std::string message;
  Span span;
};

/// Precondition: the analysis belongs to the module and classifies it as feature learning.
std::variant<ir::limit::Module, LimitFailure> derive_limit(const ir::tp::Module& module, const WidthAnalysis& analysis);

/// Whether every map of the module is affine in its random variables: then the limit can be evaluated exactly
/// (math.md 6c), after `homogenize`.
bool is_affine(const ir::limit::Module& module);

/// Rewrites affine maps to linear ones with the random variable `unit`, so that they act on coefficient vectors:
/// Z + s becomes Z + s unit, E[Z] becomes E[Z unit]. Precondition: is_affine(module).
void homogenize(ir::limit::Module& module);

}  // namespace tpc::passes
