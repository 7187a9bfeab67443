/// \file The operations of Limit IR: random variables, expectations, conditioned products, growing histories.
/// A `vector` of this IR is a random variable Z; `W` below is an initial matrix with iid N(0, sigma^2/n) entries.
#pragma once

#include <variant>

#include "ir/core/module.h"
#include "ir/core/shared_ops.h"

namespace tpc::ir::limit {

/// The constant random variable 1: vector[]. Affine maps are written with it when a program is evaluated exactly
/// (vectors as coefficients in an orthonormal basis whose first element is this one; math.md 6c).
struct Unit {
  static constexpr auto spelling = "unit";
  template <class Self, class F>
  static void fields(Self&, F&&) {}
};

/// ZMatMul: Z^{W x} = hatZ^{W x} + dotZ^{W x} (or of W^T), ZHat and ZDot: the Master Theorem's Gaussian part with
/// covariance sigma^2 E[Z^x Z^y] over all x, y that met W, and the part sigma^2 sum_y E[dZ^x/dhatZ^{W^T y}] Z^y over
/// all y that met W^T before. vector of x's dims. `matrix` names a state of Kind::matrix whose init.value is sigma.
/// `exponent`: the program's vector is n^exponent times the argument. The limit does not depend on it, but sizes of
/// arguments can be compared only where it is equal (activations with each other, gradients with each other).
struct Condition {
  static constexpr auto spelling = "condition";
  StateId matrix;
  ValueId argument;
  bool transposed = false;
  Rational exponent = {};
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("matrix", s.matrix), f("arg", s.argument), f("transposed", s.transposed), f("exponent", s.exponent);
  }
};

/// ZUpdate: the accumulated updates of W applied to x: sum over earlier steps s and their finite indices i of
/// coefficient_s E[Z^{right_{s,i}} Z^x] Z^{left_{s,i}}; transposed: with left and right exchanged. vector of x's dims.
struct Accumulated {
  static constexpr auto spelling = "accumulated";
  StateId matrix;
  ValueId argument;
  bool transposed = false;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("matrix", s.matrix), f("arg", s.argument), f("transposed", s.transposed);
  }
};

/// Remembers, from the next step on, coefficient * sum_i left_i (x) right_i as an update of W; makes no value.
/// coefficient: scalar[]; left, right: vectors of the same dims.
struct Append {
  static constexpr auto spelling = "append";
  static constexpr bool has_effect = true;
  StateId matrix;
  ValueId coefficient, left, right;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("matrix", s.matrix), f("coefficient", s.coefficient), f("left", s.left), f("right", s.right);
  }
};

/// ZShare: the updates of matrices evolve linearly besides what is appended (momentum, weight decay): from the next
/// step on, the accumulated updates of `matrix` are the sum, over its `combine`s in this function, of coefficient *
/// (those of `source` before the step), plus what is appended. Without any `combine` it keeps its own. coefficient:
/// scalar[]; makes no value.
struct Combine {
  static constexpr auto spelling = "combine";
  static constexpr bool has_effect = true;
  StateId matrix, source;
  ValueId coefficient;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("matrix", s.matrix), f("source", s.source), f("coefficient", s.coefficient);
  }
};

/// G(w, w') = sum_i left_i(w) right_i(w') over the finite indices, w and w' being two independent points: pair. left,
/// right: vectors of the same dims. What an n x n matrix of entries sum_i u_i x_j is in the limit (Yang and Littwin
/// 2023, section 2.9: nonlinear outer products).
struct PairProduct {
  static constexpr auto spelling = "pair_product";
  ValueId left, right;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("left", s.left), f("right", s.right);
  }
};

/// E[K(w, w') x(w') | w], or with K(w', w) if transposed: what n^{-1} K x is in the limit. vector of x's dims.
struct PairApply {
  static constexpr auto spelling = "pair_apply";
  ValueId pair, argument;
  bool transposed = false;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("pair", s.pair), f("arg", s.argument), f("transposed", s.transposed);
  }
};

/// ZMoment: E[lhs rhs] (rhs absent: E[lhs]), summed over the finite dimensions `over`: scalar of the remaining union.
struct Expect {
  static constexpr auto spelling = "expect";
  static constexpr bool symmetric_bilinear = true;
  ValueId lhs, rhs;
  std::vector<DimId> over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("lhs", s.lhs), f("rhs", s.rhs), f("over", s.over);
  }
};

/// sqrt(|lhs|^2 |rhs|^2 - product^2) >= 0 with |.| over the finite dimensions `over`, product = sum over them of lhs *
/// rhs: the area |lhs| |rhs| sin(angle) that two vectors span, with a small relative error also where they are nearly
/// parallel and the difference cancels; 0 where they are parallel but for rounding. Both have all of `over`; scalar of
/// the product's dims.
struct Area {
  static constexpr auto spelling = "area";
  ValueId lhs, rhs, product;
  std::vector<DimId> over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("lhs", s.lhs), f("rhs", s.rhs), f("product", s.product), f("over", s.over);
  }
};

/// The nodes (or weights) of a rule with size(dim) points for a standard normal variable u, nodes increasing and
/// symmetric about 0: E[phi(u)] ~ sum_q weight_q phi(node_q). Equally spaced: for phi that is analytic in a strip about
/// the real axis the error falls geometrically with the number of nodes (runtime/points/normal_rule.h). scalar[dim].
struct NormalRule {
  static constexpr auto spelling = "normal_rule";
  DimId dim;
  bool weights = false;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("dim", s.dim), f("weights", s.weights);
  }
};
inline constexpr int64_t most_quadrature_nodes = 512;

/// The closed set of operations: exactly the list in ops.def (the monostate front only makes the macro regular).
using Op = std::variant<std::monostate
#define TPC_LIMIT_OP(name) , name
#include "ir/limit/ops.def"
                        >;

using Instruction = ir::Instruction<Op>;
using Function = ir::Function<Op>;
using Module = ir::Module<Op>;

}  // namespace tpc::ir::limit
