/// \file The coordinatewise primitives as LLVM IR on double and float lanes (numbers or fixed vectors).
/// Branch-free; nan in, nan out. Doubles: at most about 2 units in the last place (tests/unit/codegen/vector_math_test
/// prints the measured maxima); floats: evaluated in double lanes and rounded once.
#pragma once

#include "codegen/llvm_headers.h"
#include "codegen/loops.h"
#include "ir/core/primitive.h"

namespace tpc::codegen {

/// phi(arguments), lane by lane. `power`: the exponent of Pow. Transcendental functions become calls of internal
/// functions (tpc.tanh.v8f64, say), made in the builder's module at their first use.
llvm::Value* emit_primitive(IrBuilder& builder, ir::Primitive primitive, llvm::ArrayRef<llvm::Value*> arguments,
                            int power);

namespace math {

/// The bodies, one file a family (vector_math_*.cpp). x: double lanes.
llvm::Value* emit_exp(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_sigmoid(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_softplus(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_tanh(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_erf(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_log(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_asin(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_sin(IrBuilder& builder, llvm::Value* x);
llvm::Value* emit_cos(IrBuilder& builder, llvm::Value* x);

/// The number in every lane of a value like `like`.
llvm::Value* number(llvm::Value* like, double value);
/// x * y + z, fused where the processor can.
llvm::Value* multiply_add(IrBuilder& builder, llvm::Value* x, llvm::Value* y, llvm::Value* z);
/// coefficients[0] + x (coefficients[1] + x (...)).
llvm::Value* polynomial(IrBuilder& builder, llvm::Value* x, llvm::ArrayRef<double> coefficients);
/// x taken into [-bound, bound]; nan stays.
llvm::Value* clamp(IrBuilder& builder, llvm::Value* x, double bound);
llvm::Value* absolute(IrBuilder& builder, llvm::Value* x);
/// |magnitude| with the sign of `sign`.
llvm::Value* with_sign(IrBuilder& builder, llvm::Value* magnitude, llvm::Value* sign);

/// The nearest integer, as a number and as i64 lanes; meaningful for |x| < 2^51.
struct Rounded {
  llvm::Value* value;
  llvm::Value* integer;
};
Rounded nearest_integer(IrBuilder& builder, llvm::Value* x);

}  // namespace math
}  // namespace tpc::codegen
