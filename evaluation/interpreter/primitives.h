/// \file The primitives on runs of numbers: one Eigen expression each.
#pragma once

#include <Eigen/Core>

#include "ir/core/primitive.h"

namespace tpc::evaluation::interpreter {

/// `count` numbers, or one number for all of them. May be the result's own memory.
struct Argument {
  const double* data;
  bool one_number;
};

void apply_unary(ir::Primitive primitive, int power, const double* x, Eigen::Index count, double* result);
/// Not both arguments are one number.
void apply_binary(ir::Primitive primitive, Argument a, Argument b, Eigen::Index count, double* result);

}  // namespace tpc::evaluation::interpreter
