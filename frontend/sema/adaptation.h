/// \file `adapt sgd(lr = 0.4, steps = 1, order = 1) on LOSS`: steps of gradient descent on the loss of one task.
#pragma once

#include <optional>
#include <vector>

#include "frontend/sema/checker.h"
#include "frontend/sema/locals.h"

namespace tpc::sema {

struct Adaptation {
  std::vector<size_t> parameters;  ///< of the program
  bool named = false;              ///< else they are all there are
  double rate = 0.0;
  int64_t steps = 1;
  bool differentiate_through_step = true;  ///< order 2; else order 1: a step counts as a constant
};

/// The rule and the parameters of the statement. Empty if an error was reported.
std::optional<Adaptation> check_adaptation(Checker& checker, const ast::Adapt& adapt, const Locals& locals);

/// One step: from here on the parameters are those after it. False if an error was reported.
bool adapt_parameters(Checker& checker, TermBuilder& builder, const Adaptation& rule, TermId loss, Span span);

}  // namespace tpc::sema
