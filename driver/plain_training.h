/// \file Training for a program that has none of its own.
#pragma once

#include "frontend/sema/program.h"
#include "ir/core/optimizer.h"

namespace tpc::driver {

/// The program with full-batch descent on the squared loss of a target of the output's shape.
sema::Program with_plain_training(sema::Program program, const ir::OptimizerSettings& descent);

}  // namespace tpc::driver
