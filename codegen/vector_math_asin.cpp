// The arc sine. P(z) is the Chebyshev series of (asin(sqrt z)/sqrt z - 1)/z on [0, 1/4] to degree 12, made from the
// exact Taylor coefficients binomial(2k, k) / (4^k (2k + 1)); its remainder is below 2^-57 of the result.
#include "codegen/vector_math.h"

namespace tpc::codegen::math {

/// |x| <= 1/2: x + x z P(z), z = x^2; beyond: sign(x) (pi/2 - 2 asin(s)), s = sqrt(z), z = (1 - |x|) / 2.
llvm::Value* emit_asin(IrBuilder& builder, llvm::Value* argument) {
  constexpr double series[] = {0.16666666666666669,  0.0749999999999834,   0.04464285714653523, 0.03038194412500875,
                               0.022372173467043486, 0.017352380709839098, 0.01397138708310213, 0.011477517005507167,
                               0.01033337215296726,  0.005413184483715509, 0.01751883397953867, -0.015032162599250314,
                               0.028878362746452394};
  constexpr double quarter_pi = 7.85398163397448278999e-01, half_pi_low = 6.12323399573676603587e-17;
  llvm::Value* x = clamp(builder, argument, 1.0);
  llvm::Value* magnitude = absolute(builder, x);
  llvm::Value* inside = builder.CreateFCmpOLE(magnitude, number(x, 0.5));
  llvm::Value* mirrored = builder.CreateFMul(builder.CreateFSub(number(x, 1.0), magnitude), number(x, 0.5));
  llvm::Value* z = builder.CreateSelect(inside, builder.CreateFMul(x, x), mirrored);
  llvm::Value* beyond = builder.CreateFMul(z, polynomial(builder, z, series));
  llvm::Value* inner = multiply_add(builder, magnitude, beyond, magnitude);
  // The root's rounding error would be doubled and then seen against a smaller number: s = high + low, where high has
  // so few bits that high^2 is exact.
  llvm::Value* s = builder.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, z);
  auto* integers = x->getType()->getWithNewType(builder.getInt64Ty());
  llvm::Value* leading_bits = llvm::ConstantInt::get(integers, 0xffffffff00000000);
  llvm::Value* high =
      builder.CreateBitCast(builder.CreateAnd(builder.CreateBitCast(s, integers), leading_bits), x->getType());
  llvm::Value* sum = builder.CreateFAdd(builder.CreateFAdd(s, high), number(x, 1e-300));
  llvm::Value* low = builder.CreateFDiv(builder.CreateFSub(z, builder.CreateFMul(high, high)), sum);
  llvm::Value* two = number(x, 2.0);
  llvm::Value* constant = builder.CreateFSub(number(x, half_pi_low), builder.CreateFMul(two, low));
  llvm::Value* small = builder.CreateFSub(builder.CreateFMul(builder.CreateFMul(two, s), beyond), constant);
  llvm::Value* large = builder.CreateFSub(number(x, quarter_pi), builder.CreateFMul(two, high));
  llvm::Value* outer = builder.CreateFSub(number(x, quarter_pi), builder.CreateFSub(small, large));
  return with_sign(builder, builder.CreateSelect(inside, inner, outer), x);
}

}  // namespace tpc::codegen::math
