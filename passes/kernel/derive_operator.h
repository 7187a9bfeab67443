/// \file The limit of a program whose features do not move and whose optimizer is any function of gradients (the
/// operator regime: Yang and Littwin 2023, definition 2.4.4 and theorem 2.10.3): TP IR -> Limit IR of the same
/// functions as where features move. README.md of this folder has the mathematics. Shown by:
/// tests/unit/evaluation/operator_test.cpp (the identity against the kernel, wide networks) and
/// tests/lit/passes/derive-operator.
#pragma once

#include <variant>

#include "ir/core/optimizer.h"
#include "ir/limit/ir.h"
#include "passes/limit/derive_limit.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

/// Precondition: the analysis belongs to the module (functions predict, step, observe_*) and classifies it as
/// Regime::kernel; `optimizer` made the module's `step`.
std::variant<ir::limit::Module, LimitFailure> derive_operator(const ir::tp::Module& module,
                                                              const WidthAnalysis& analysis,
                                                              const ir::OptimizerSettings& optimizer);

}  // namespace tpc::passes
