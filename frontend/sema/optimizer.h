/// \file `optimizer = sgd(lr = ..., momentum = ..., weight_decay = ..., clip = ...)`, `adam(lr = ...)` and its kin, and
/// the schedules of lr.
#pragma once

#include <string>
#include <vector>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// The optimizers that can be named.
std::vector<std::string> optimizer_names();
/// The settings of a call of one of them, with `--set lr=`. `plan`: its steps or epochs must be known; a schedule lasts
/// that long unless it says otherwise. Errors are reported and leave the default.
ir::OptimizerSettings check_optimizer_call(Checker& checker, const ast::Call& call, Span span, const TrainPlan& plan);

}  // namespace tpc::sema
