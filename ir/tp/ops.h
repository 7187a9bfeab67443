/// \file The operations of TP IR that only exist at finite width n (the others: ir/core/shared_ops.h).
#pragma once

#include <variant>

#include "ir/core/module.h"
#include "ir/core/shared_ops.h"

namespace tpc::ir::tp {

/// n^exponent: scalar[]. The only way the width enters a program as a number.
struct WidthPower {
  static constexpr auto spelling = "width_power";
  Rational exponent;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("exponent", s.exponent);
  }
};

// Sums over the width are n times a mean: of vectors with m = r n coordinates (lengths.h) they are the sum divided by
// r. With r beside them, which lowering writes, programs of several widths have the rules of one: adjoints are those of
// this inner product, and the gradient of a state is its adjoint divided by State::rows and columns.

/// g = W x or W^T x for every finite index: vector of x's dims, then those of the matrix that x lacks.
struct Matmul {
  static constexpr auto spelling = "matmul";
  ValueId matrix, argument;
  bool transposed = false;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("matrix", s.matrix), f("arg", s.argument), f("transposed", s.transposed);
  }
};

/// n times the mean over the coordinates of lhs * rhs (rhs absent: of lhs), summed over the finite dimensions `over`:
/// scalar of the remaining union. A mean over the width is this times width_power(-1). Both operands are vectors.
struct Moment {
  static constexpr auto spelling = "moment";
  static constexpr bool symmetric_bilinear = true;
  ValueId lhs, rhs;
  std::vector<DimId> over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("lhs", s.lhs), f("rhs", s.rhs), f("over", s.over);
  }
};

/// sum over the finite indices of left (x) right, left_i right_j in row i and column j, but for those of `kept`, which
/// are matched by name (an operand without one is constant along it): matrix[kept]. Besides those the same dims on
/// both.
struct Outer {
  static constexpr auto spelling = "outer";
  ValueId left, right;
  std::vector<DimId> kept = {};
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("left", s.left), f("right", s.right), f("kept", s.kept);
  }
};

/// The derivative of `of` : scalar[K..] by the earlier value `wrt`, for every index of K its own: `of` is a function of
/// `wrt`, the rest of the function up to it taken as it stands. Of wrt's kind; dims: those of `of`, then those of wrt
/// that it lacks. No index of K depends on what wrt is at another one. A read stands for its state, whichever
/// reads `of` depends on. Replaced by passes/autodiff/expand_gradients.h before any pass that rewrites values.
struct Gradient {
  static constexpr auto spelling = "gradient";
  ValueId of, wrt;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("of", s.of), f("wrt", s.wrt);
  }
};

/// The same value, whose derivative is zero by everything. Of the argument's type.
struct StopGradient {
  static constexpr auto spelling = "stop_gradient";
  ValueId argument;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("arg", s.argument);
  }
};

/// The closed set of operations: exactly the list in ops.def (the monostate front only makes the macro regular).
using Op = std::variant<std::monostate
#define TPC_TP_OP(name) , name
#include "ir/tp/ops.def"
                        >;

using Instruction = ir::Instruction<Op>;
using Function = ir::Function<Op>;
using Module = ir::Module<Op>;

}  // namespace tpc::ir::tp
