/// \file The engine of reverse-mode differentiation, on any TP IR function and for any outputs and inputs.
#pragma once

#include <vector>

#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes {

/// The adjoint dL/dvalue that is given from outside: the constant 1 for a loss.
struct Seed {
  ir::ValueId value;
  ir::ValueId adjoint;
};

/// Appends the adjoints of every value between `wanted` and the seeds to the builder's function, and returns those of
/// `wanted`, in its order; an invalid id where no seed depends on the value (or only through functions with zero
/// derivative: step, sign, pow 0).
///
/// An adjoint may lack dimensions of its value, and be a scalar although its value is a vector: then it is the same
/// along what it lacks. `broadcast_adjoint` makes it whole. Precondition: a seed's adjoint has no more dimensions than
/// its value.
std::vector<ir::ValueId> differentiate(ir::tp::Builder& builder, const std::vector<Seed>& seeds,
                                       const std::vector<ir::ValueId>& wanted);

/// The same for one gradient an index of `kept` (the examples of a batch): no adjoint is summed over these dimensions.
std::vector<ir::ValueId> differentiate_each(ir::tp::Builder& builder, const std::vector<Seed>& seeds,
                                            const std::vector<ir::ValueId>& wanted, const std::vector<ir::DimId>& kept);

/// By value of the function: whether it depends differentiably on one of `wanted`.
std::vector<bool> differentiable_values(const ir::tp::Function& function, const std::vector<ir::ValueId>& wanted);

/// As differentiate_each, where the adjoint of each value in `collected` is the list of its contributions, neither
/// summed nor passed on. A gradient by a matrix so stays a list of factors left (x) right an example.
std::vector<std::vector<Contribution>> collect_contributions(ir::tp::Builder& builder, const std::vector<Seed>& seeds,
                                                             const std::vector<ir::ValueId>& collected,
                                                             const std::vector<ir::DimId>& kept);

/// `adjoint` with exactly the type of `value`, dimensions in the same order.
ir::ValueId broadcast_adjoint(ir::tp::Builder& builder, ir::ValueId adjoint, ir::ValueId value);

}  // namespace tpc::passes
