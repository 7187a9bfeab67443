// sin and cos: reduction by multiples of pi/2 in three parts (Cody and Waite), then the kernels of fdlibm's k_sin.c and
// k_cos.c (Sun Microsystems, 1993). Beyond |x| = 2^20 pi/2 digits of the reduced argument are lost, and far beyond the
// values mean nothing; they stay in [-1, 1].
#include "codegen/vector_math.h"

namespace tpc::codegen::math {

namespace {

/// x = quadrant pi/2 + high + low, |high| <= pi/4 up to rounding, |low| half a unit in its last place.
struct Reduced {
  llvm::Value* high;
  llvm::Value* low;
  llvm::Value* quadrant;
};

Reduced reduce(IrBuilder& builder, llvm::Value* x) {
  // The first two parts have 33 bits: their products with k < 2^20 are exact.
  constexpr double inverse_half_pi = 6.36619772367581382433e-01;
  constexpr double half_pi_1 = 1.57079632673412561417e+00, half_pi_2 = 6.07710050630396597660e-11,
                   half_pi_3 = 2.02226624879595063154e-21;
  const Rounded k = nearest_integer(builder, builder.CreateFMul(x, number(x, inverse_half_pi)));
  llvm::Value* first = builder.CreateFSub(x, builder.CreateFMul(k.value, number(x, half_pi_1)));
  llvm::Value* part = builder.CreateFMul(k.value, number(x, half_pi_2));
  llvm::Value* second = builder.CreateFSub(first, part);
  // The rounding error of first - part, whichever of the two is larger (Knuth's two-sum).
  llvm::Value* back = builder.CreateFSub(second, first);
  llvm::Value* error =
      builder.CreateFSub(builder.CreateFSub(first, builder.CreateFSub(second, back)), builder.CreateFAdd(part, back));
  llvm::Value* rest = builder.CreateFSub(error, builder.CreateFMul(k.value, number(x, half_pi_3)));
  llvm::Value* high = builder.CreateFAdd(second, rest);
  llvm::Value* low = builder.CreateFSub(rest, builder.CreateFSub(high, second));
  return {clamp(builder, high, 0.8), clamp(builder, low, 0x1p-50), k.integer};
}

/// sin(high + low).
llvm::Value* sine_kernel(IrBuilder& builder, const Reduced& r) {
  constexpr double first = -1.66666666666666324348e-01;
  constexpr double rest[] = {8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                             -2.50507602534068634195e-08, 1.58969099521155010221e-10};
  llvm::Value* z = builder.CreateFMul(r.high, r.high);
  llvm::Value* cube = builder.CreateFMul(z, r.high);
  llvm::Value* q = polynomial(builder, z, rest);
  llvm::Value* half_low = builder.CreateFMul(r.low, number(z, 0.5));
  llvm::Value* inner = builder.CreateFMul(z, builder.CreateFSub(half_low, builder.CreateFMul(cube, q)));
  llvm::Value* correction =
      builder.CreateFSub(builder.CreateFSub(inner, r.low), builder.CreateFMul(cube, number(z, first)));
  return builder.CreateFSub(r.high, correction);
}

/// cos(high + low).
llvm::Value* cosine_kernel(IrBuilder& builder, const Reduced& r) {
  constexpr double coefficients[] = {4.16666666666666019037e-02, -1.38888888888741095749e-03,
                                     2.48015872894767294178e-05, -2.75573143513906633035e-07,
                                     2.08757232129817482790e-09, -1.13596475577881948265e-11};
  llvm::Value* one = number(r.high, 1.0);
  llvm::Value* z = builder.CreateFMul(r.high, r.high);
  llvm::Value* half = builder.CreateFMul(z, number(z, 0.5));
  llvm::Value* leading = builder.CreateFSub(one, half);
  llvm::Value* leading_error = builder.CreateFSub(builder.CreateFSub(one, leading), half);
  llvm::Value* q = builder.CreateFMul(builder.CreateFMul(z, z), polynomial(builder, z, coefficients));
  llvm::Value* tail = builder.CreateFSub(q, builder.CreateFMul(r.high, r.low));
  return builder.CreateFAdd(leading, builder.CreateFAdd(leading_error, tail));
}

/// sin(x + shift pi/2): odd quadrants take the other kernel, the upper two the other sign.
llvm::Value* emit_shifted_sine(IrBuilder& builder, llvm::Value* x, uint64_t shift) {
  const Reduced r = reduce(builder, x);
  llvm::Type* integers = r.quadrant->getType();
  auto bit = [&](llvm::Value* value, uint64_t mask) {
    return builder.CreateICmpNE(builder.CreateAnd(value, llvm::ConstantInt::get(integers, mask)),
                                llvm::ConstantInt::get(integers, 0));
  };
  llvm::Value* quadrant = builder.CreateAdd(r.quadrant, llvm::ConstantInt::get(integers, shift));
  llvm::Value* value = builder.CreateSelect(bit(quadrant, 1), cosine_kernel(builder, r), sine_kernel(builder, r));
  return builder.CreateSelect(bit(quadrant, 2), builder.CreateFNeg(value), value);
}

}  // namespace

llvm::Value* emit_sin(IrBuilder& builder, llvm::Value* x) { return emit_shifted_sine(builder, x, 0); }
llvm::Value* emit_cos(IrBuilder& builder, llvm::Value* x) { return emit_shifted_sine(builder, x, 1); }

}  // namespace tpc::codegen::math
