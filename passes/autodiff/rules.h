/// \file The derivative rules: for every operation of TP IR, what its adjoint contributes to those of its operands.
/// An operation without an overload does not compile (reverse.cpp visits all of them).
#pragma once

#include "base/diag/check.h"
#include "ir/tp/ir.h"
#include "passes/autodiff/adjoints.h"

namespace tpc::passes {

/// The instruction being differentiated: its value y, and dL/dy (maybe broadcast, see reverse.h).
struct Place {
  ir::ValueId value;
  ir::ValueId adjoint;
};

// rules_primitives.cpp: the coordinatewise functions.
void differentiate_op(const ir::Map& op, Place place, Adjoints& adjoints);
/// Whether the derivative of the primitive is zero wherever it exists.
bool has_zero_derivative(const ir::Map& op);

// rules_linear.cpp: operations linear in each operand.
void differentiate_op(const ir::Contract& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::Relabel& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::tp::Matmul& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::tp::Moment& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::tp::Outer& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::Gather& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::Scatter& op, Place place, Adjoints& adjoints);

// rules_softmax.cpp
void differentiate_op(const ir::Softmax& op, Place place, Adjoints& adjoints);
void differentiate_op(const ir::LogSumExp& op, Place place, Adjoints& adjoints);

// Leaves, class indices and effects: nothing to pass on.
inline void differentiate_op(const std::monostate&, Place, Adjoints&) {}
inline void differentiate_op(const ir::Input&, Place, Adjoints&) {}
inline void differentiate_op(const ir::Constant&, Place, Adjoints&) {}
inline void differentiate_op(const ir::DimSize&, Place, Adjoints&) {}
inline void differentiate_op(const ir::DimIndex&, Place, Adjoints&) {}
inline void differentiate_op(const ir::tp::WidthPower&, Place, Adjoints&) {}
inline void differentiate_op(const ir::Read&, Place, Adjoints&) {}
inline void differentiate_op(const ir::OneHot&, Place, Adjoints&) {}
inline void differentiate_op(const ir::Present&, Place, Adjoints&) {}
inline void differentiate_op(const ir::FirstOccurrence&, Place, Adjoints&) {}
inline void differentiate_op(const ir::AddRows&, Place, Adjoints&) {}
inline void differentiate_op(const ir::Write&, Place, Adjoints&) {}
inline void differentiate_op(const ir::tp::StopGradient&, Place, Adjoints&) {}
inline void differentiate_op(const ir::tp::Gradient&, Place, Adjoints&) {
  internal_error(__FILE__, __LINE__, "a gradient is expanded before what it is in is differentiated");
}

}  // namespace tpc::passes
