/// \file Numbers of a program as values that its code reads: what makes one compilation do for a learning rate of 0.1
/// and for one of 0.2.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::evaluation {

/// The module with a state `number K` : scalar in the place of every constant that a user may have chosen, which starts
/// with its value and is never written. Small multiples of 1/2 stay: they come from rules of calculus (2 z, (1/2)
/// |f|^2). Not for functions of pairs of points, which have no numbers of their own.
ir::limit::Module with_run_time_numbers(ir::limit::Module module);

}  // namespace tpc::evaluation
