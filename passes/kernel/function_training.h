/// \file Kernel gradient descent as a program: the functions start, step and predict on the values of f at P points.
#pragma once

#include "ir/core/optimizer.h"
#include "ir/tp/ir.h"

namespace tpc::passes::kernel {

/// Adds the dimension P, the state f : scalar[P,k] and the functions to `target`. `source`: the training program, whose
/// loss is taken over. In `step` the gradient of f is sum_i K(., xi_i) dLoss/df(xi_i), and f is updated by the file's
/// optimizer: weights move by -eta n^{-c} gradient, f by its first-order change. Throws NoKernel.
void add_training(const ir::tp::Module& source, const ir::OptimizerSettings& optimizer, ir::DimId batch,
                  ir::tp::Module& target);

}  // namespace tpc::passes::kernel
