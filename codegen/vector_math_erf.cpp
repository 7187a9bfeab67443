// The error function. Near zero the rational approximation of fdlibm's s_erf.c (Sun Microsystems, 1993), beyond it that
// of W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), 631-637.
#include "codegen/vector_math.h"

namespace tpc::codegen::math {

/// |x| < 0.84375: x + x P(x^2)/Q(x^2); beyond: sign(x) (1 - exp(-x^2) R(|x|)/S(|x|)). Cody gives R/S for |x| <= 4; up
/// to 6, where 1 - erf is below half a unit in the last place, it is still good to what remains of it.
llvm::Value* emit_erf(IrBuilder& builder, llvm::Value* x) {
  constexpr double inner_top[] = {1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
                                  -5.77027029648944159157e-03, -2.37630166566501626084e-05};
  constexpr double inner_bottom[] = {1.0,
                                     3.97917223959155352819e-01,
                                     6.50222499887672944485e-02,
                                     5.08130628187576562776e-03,
                                     1.32494738004321644526e-04,
                                     -3.96022827877536812320e-06};
  constexpr double outer_top[] = {1.23033935479799725e03, 2.05107837782607147e03, 1.71204761263407058e03,
                                  8.81952221241769090e02, 2.98635138197400131e02, 6.61191906371416295e01,
                                  8.88314979438837594e00, 5.64188496988670089e-1, 2.15311535474403846e-8};
  constexpr double outer_bottom[] = {1.23033935480374942e03, 3.43936767414372164e03, 4.36261909014324716e03,
                                     3.29079923573345963e03, 1.62138957456669019e03, 5.37181101862009858e02,
                                     1.17693950891312499e02, 1.57449261107098347e01, 1.0};
  llvm::Value* unbounded = absolute(builder, x);
  llvm::Value* magnitude =
      builder.CreateSelect(builder.CreateFCmpOGT(unbounded, number(x, 6.0)), number(x, 6.0), unbounded);
  llvm::Value* inside = builder.CreateFCmpOLT(magnitude, number(x, 0.84375));
  llvm::Value* z = builder.CreateFMul(magnitude, magnitude);
  llvm::Value* top =
      builder.CreateSelect(inside, polynomial(builder, z, inner_top), polynomial(builder, magnitude, outer_top));
  llvm::Value* bottom =
      builder.CreateSelect(inside, polynomial(builder, z, inner_bottom), polynomial(builder, magnitude, outer_bottom));
  llvm::Value* quotient = builder.CreateFDiv(top, bottom);
  llvm::Value* tail = builder.CreateFMul(emit_exp(builder, builder.CreateFNeg(z)), quotient);
  llvm::Value* outer = builder.CreateFSub(number(x, 1.0), tail);
  llvm::Value* inner = multiply_add(builder, magnitude, quotient, magnitude);
  return with_sign(builder, builder.CreateSelect(inside, inner, outer), x);
}

}  // namespace tpc::codegen::math
