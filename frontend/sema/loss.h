/// \file The loss of the train block: an expression of losses of the network's output, of other defs applied to the
/// data's fields, of the network's own values (penalties) and of constants.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Fills what the plan says of the loss. Errors are reported. `data_set`: what is trained on, null if that is in error.
/// The network is the def that the first loss of the expression is applied to, else the first def in it.
void check_loss(Checker& checker, const ast::Expression& loss, const DataSet* data_set, TrainPlan& plan);

}  // namespace tpc::sema
