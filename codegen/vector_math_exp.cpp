// exp and what is made of it: sigmoid, softplus, tanh; and log.
#include <cmath>
#include <limits>

#include "codegen/vector_math.h"

namespace tpc::codegen::math {

namespace {

/// 2^k, k in [-1022, 1023], from its exponent bits.
llvm::Value* power_of_two(IrBuilder& builder, llvm::Value* k, llvm::Type* type) {
  llvm::Type* integers = k->getType();
  llvm::Value* biased = builder.CreateAdd(k, llvm::ConstantInt::get(integers, 1023));
  return builder.CreateBitCast(builder.CreateShl(biased, llvm::ConstantInt::get(integers, 52)), type);
}

/// log(1 + f), |f| < 0.42, without its first term: log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2))) with s = f / (2 + f);
/// R after fdlibm's e_log.c (Sun Microsystems, 1993). Returns what is subtracted from f.
llvm::Value* beyond_linear(IrBuilder& builder, llvm::Value* f) {
  constexpr double remainder[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                                  2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                                  1.479819860510658591e-01};
  llvm::Value* s = builder.CreateFDiv(f, builder.CreateFAdd(f, number(f, 2.0)));
  llvm::Value* z = builder.CreateFMul(s, s);
  llvm::Value* half_square = builder.CreateFMul(builder.CreateFMul(f, f), number(f, 0.5));
  llvm::Value* r = builder.CreateFMul(z, polynomial(builder, z, remainder));
  llvm::Value* correction = builder.CreateFMul(s, builder.CreateFAdd(half_square, r));
  return builder.CreateFSub(half_square, correction);
}

/// log(1 + u) for 0 <= u <= 1, with 1 + u = 2^k (1 + f), k = 0 or 1.
llvm::Value* emit_log1p_unit(IrBuilder& builder, llvm::Value* u) {
  constexpr double ln2 = 6.93147180559945309417e-01;
  llvm::Value* halved = builder.CreateFCmpOGT(u, number(u, 0.4142135623730951));
  llvm::Value* half_minus = builder.CreateFMul(builder.CreateFSub(u, number(u, 1.0)), number(u, 0.5));
  llvm::Value* f = builder.CreateSelect(halved, half_minus, u);
  llvm::Value* base = builder.CreateSelect(halved, number(u, ln2), number(u, 0.0));
  return builder.CreateFAdd(base, builder.CreateFSub(f, beyond_linear(builder, f)));
}

}  // namespace

/// exp(x) = 2^k exp(r), k = round(x / ln 2), |r| <= ln(2)/2: Taylor's series to r^13 / 13! (remainder below 2^-57).
/// ln 2 is split so that k times its leading part is exact. Scaling in two halves reaches subnormals and infinity.
llvm::Value* emit_exp(IrBuilder& builder, llvm::Value* x) {
  constexpr double inverse_ln2 = 1.44269504088896338700;
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  constexpr double taylor_from_square[] = {1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,
                                           1.0 / 720,     1.0 / 5040,     1.0 / 40320,     1.0 / 362880,
                                           1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
  llvm::Value* above = builder.CreateSelect(builder.CreateFCmpOLT(x, number(x, -760.0)), number(x, -760.0), x);
  llvm::Value* bounded = builder.CreateSelect(builder.CreateFCmpOGT(above, number(x, 720.0)), number(x, 720.0), above);
  const Rounded k = nearest_integer(builder, builder.CreateFMul(bounded, number(x, inverse_ln2)));
  llvm::Value* high = multiply_add(builder, k.value, number(x, -ln2_high), bounded);
  llvm::Value* low = builder.CreateFMul(k.value, number(x, ln2_low));
  llvm::Value* r = builder.CreateFSub(high, low);
  llvm::Value* r_error = builder.CreateFSub(builder.CreateFSub(high, r), low);  // r + r_error = high - low exactly
  llvm::Value* square = builder.CreateFMul(r, r);
  llvm::Value* beyond = multiply_add(builder, square, polynomial(builder, r, taylor_from_square), r_error);
  llvm::Value* mantissa = builder.CreateFAdd(number(x, 1.0), builder.CreateFAdd(r, beyond));
  llvm::Value* half = builder.CreateAShr(k.integer, llvm::ConstantInt::get(k.integer->getType(), 1));
  llvm::Value* rest = builder.CreateSub(k.integer, half);
  return builder.CreateFMul(builder.CreateFMul(mantissa, power_of_two(builder, half, x->getType())),
                            power_of_two(builder, rest, x->getType()));
}

llvm::Value* emit_sigmoid(IrBuilder& builder, llvm::Value* x) {
  llvm::Value* one = number(x, 1.0);
  return builder.CreateFDiv(one, builder.CreateFAdd(one, emit_exp(builder, builder.CreateFNeg(x))));
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)): relatively accurate for x -> -infinity too.
llvm::Value* emit_softplus(IrBuilder& builder, llvm::Value* x) {
  llvm::Value* zero = number(x, 0.0);
  llvm::Value* positive = builder.CreateSelect(builder.CreateFCmpOLE(x, zero), zero, x);
  llvm::Value* small = emit_exp(builder, builder.CreateFNeg(absolute(builder, x)));
  return builder.CreateFAdd(positive, emit_log1p_unit(builder, small));
}

/// x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)): log x = k ln 2 + log(1 + f), ln 2 in two parts. Subnormal x are
/// scaled up first. log 0 = -infinity; of negative numbers nan.
llvm::Value* emit_log(IrBuilder& builder, llvm::Value* x) {
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto* integers = x->getType()->getWithNewType(builder.getInt64Ty());
  auto integer = [&](uint64_t value) { return llvm::ConstantInt::get(integers, value); };
  llvm::Value* subnormal = builder.CreateFCmpOLT(x, number(x, std::numeric_limits<double>::min()));
  llvm::Value* scaled = builder.CreateSelect(subnormal, builder.CreateFMul(x, number(x, 0x1p54)), x);
  llvm::Value* bits = builder.CreateBitCast(scaled, integers);
  // Taking off the bits of sqrt(1/2) puts the step of the exponent there instead of at 1.
  constexpr uint64_t root_half = 0x3FE6A09E667F3BCD;
  llvm::Value* above = builder.CreateSub(bits, integer(root_half));
  llvm::Value* exponent = builder.CreateAShr(above, integer(52));
  llvm::Value* mantissa =
      builder.CreateBitCast(builder.CreateSub(bits, builder.CreateShl(exponent, integer(52))), x->getType());
  llvm::Value* shift = builder.CreateSelect(subnormal, number(x, 54.0), number(x, 0.0));
  llvm::Value* k = builder.CreateFSub(builder.CreateSIToFP(exponent, x->getType()), shift);
  llvm::Value* f = builder.CreateFSub(mantissa, number(x, 1.0));
  llvm::Value* small = multiply_add(builder, k, number(x, -ln2_low), beyond_linear(builder, f));
  llvm::Value* log = multiply_add(builder, k, number(x, ln2_high), builder.CreateFSub(f, small));
  llvm::Value* ends = builder.CreateSelect(builder.CreateFCmpOEQ(x, number(x, 0.0)), number(x, -infinity), x);
  llvm::Value* nothing = builder.CreateSelect(builder.CreateFCmpOLT(x, number(x, 0.0)), number(x, std::nan("")), ends);
  llvm::Value* regular =
      builder.CreateAnd(builder.CreateFCmpOGT(x, number(x, 0.0)), builder.CreateFCmpOLT(x, number(x, infinity)));
  return builder.CreateSelect(regular, log, nothing);
}

/// |x| < 0.625: x + x z P(z)/Q(z), z = x^2, coefficients of Cephes' tanh.c (S. Moshier), after Cody and Waite;
/// beyond: sign(x) (1 - 2 / (exp(2 |x|) + 1)). One division serves both.
llvm::Value* emit_tanh(IrBuilder& builder, llvm::Value* x) {
  constexpr double numerator[] = {-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1};
  constexpr double denominator[] = {4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1.0};
  llvm::Value* magnitude = absolute(builder, x);
  llvm::Value* near_zero = builder.CreateFCmpOLT(magnitude, number(x, 0.625));
  llvm::Value* z = builder.CreateFMul(x, x);
  llvm::Value* exponential = emit_exp(builder, builder.CreateFAdd(magnitude, magnitude));
  llvm::Value* top =
      builder.CreateSelect(near_zero, builder.CreateFMul(z, polynomial(builder, z, numerator)), number(x, -2.0));
  llvm::Value* bottom = builder.CreateSelect(near_zero, polynomial(builder, z, denominator),
                                             builder.CreateFAdd(exponential, number(x, 1.0)));
  llvm::Value* quotient = builder.CreateFDiv(top, bottom);
  llvm::Value* inner = multiply_add(builder, magnitude, quotient, magnitude);
  llvm::Value* outer = builder.CreateFAdd(number(x, 1.0), quotient);
  return with_sign(builder, builder.CreateSelect(near_zero, inner, outer), x);
}

}  // namespace tpc::codegen::math
