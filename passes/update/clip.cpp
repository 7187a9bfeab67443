#include "passes/update/clip.h"

#include "ir/core/dim_copies.h"
#include "ir/core/typing.h"
#include "ir/tp/lengths.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::ValueId;

/// coefficient * sum of left (x) right; an invalid coefficient is 1.
struct Term {
  ValueId coefficient, left, right;
};

class SquaredNorm {
 public:
  explicit SquaredNorm(tp::Builder& builder) : build_(builder) {}

  ValueId of(const ir::State& state, ValueId gradient) {
    const ir::Rational entries = tp::entries(state);
    const ValueId square = of(gradient);
    return entries == ir::Rational(1) ? square : build_.mul(build_.constant(entries.value()), square);
  }

  ValueId plus(ValueId a, ValueId b) { return a.valid() ? build_.add(a, b) : b; }

 private:
  /// With inner products that are n times a mean.
  ValueId of(ValueId gradient) {
    const ir::Type type = build_.type(gradient);
    if (type.kind == Kind::vector) return build_.insert(tp::Moment{gradient, gradient, type.dims});
    if (type.kind == Kind::scalar) return sum(gradient, gradient, type.dims);
    std::vector<Term> terms;
    collect(gradient, {}, terms);
    ValueId total;
    for (const Term& a : terms) {
      for (const Term& b : terms) total = plus(total, overlap(a, b));
    }
    return total.valid() ? total : build_.constant(0.0);
  }

  ValueId times(ValueId a, ValueId b) { return a.valid() && b.valid() ? build_.mul(a, b) : a.valid() ? a : b; }
  ValueId sum(ValueId lhs, ValueId rhs, const std::vector<DimId>& over) {
    return over.empty() ? build_.mul(lhs, rhs) : build_.contract(lhs, rhs, over);
  }

  void collect(ValueId matrix, ValueId coefficient, std::vector<Term>& terms) {  // NOLINT(misc-no-recursion)
    const tp::Op op = build_.function().at(matrix).op;
    if (const auto* outer = std::get_if<tp::Outer>(&op)) {
      terms.push_back({coefficient, outer->left, outer->right});
      return;
    }
    const auto* map = std::get_if<ir::Map>(&op);
    TPC_CHECK(map != nullptr, "a gradient of a matrix is made of outer products");
    if (map->primitive == Primitive::Mul) {
      const bool matrix_first = build_.type(map->arguments[0]).kind == Kind::matrix;
      const ValueId scalar = map->arguments[matrix_first ? 1 : 0];
      return collect(map->arguments[matrix_first ? 0 : 1], times(coefficient, scalar), terms);
    }
    const ValueId minus = map->primitive == Primitive::Add ? ValueId{} : build_.constant(-1.0);
    const bool negates_first = map->primitive == Primitive::Neg;
    collect(map->arguments[0], negates_first ? times(coefficient, minus) : coefficient, terms);
    if (map->arguments.size() > 1) collect(map->arguments[1], times(coefficient, minus), terms);
  }

  /// sum_ij (left_i . left'_j)(right_i . right'_j).
  ValueId overlap(const Term& a, const Term& b) {
    const ValueId lefts = build_.insert(tp::Moment{a.left, along_copies(b.left), {}});
    const ValueId rights = build_.insert(tp::Moment{a.right, along_copies(b.right), {}});
    const ValueId total = sum(lefts, rights, build_.type(lefts).dims);
    return times(times(a.coefficient, b.coefficient), total);
  }

  ValueId along_copies(ValueId value) {
    const std::vector<DimId> dims = build_.type(value).dims;
    for (DimId dim : dims) value = build_.insert(ir::Relabel{value, dim, ir::copy_of(build_.module().dims, dim, dims)});
    return value;
  }

  tp::Builder& build_;
};

}  // namespace

bool is_clippable(const tp::Function& function, ValueId gradient) {
  std::vector<ValueId> open{gradient};
  while (!open.empty()) {
    const tp::Instruction& instruction = function.at(open.back());
    open.pop_back();
    if (instruction.type.kind != Kind::matrix || std::holds_alternative<tp::Outer>(instruction.op)) continue;
    const auto* map = std::get_if<ir::Map>(&instruction.op);
    if (map == nullptr) return false;
    open.insert(open.end(), map->arguments.begin(), map->arguments.end());
  }
  return true;
}

ValueId clip_factor(tp::Builder& builder, double clip, const std::vector<std::pair<ir::StateId, ValueId>>& gradients) {
  SquaredNorm norm(builder);
  ValueId square;
  for (const auto& [state, gradient] : gradients) {
    square = norm.plus(square, norm.of(builder.module().state(state), gradient));
  }
  if (!square.valid()) return builder.constant(1.0);
  // A sum of products of inner products may come out below zero by rounding.
  const ValueId length = builder.map(Primitive::Sqrt, {builder.map(Primitive::Relu, {square})});
  const ValueId limit = builder.constant(clip);
  const ValueId excess = builder.map(Primitive::Relu, {builder.sub(length, limit)});
  builder.name_next("clipping");
  return builder.div(limit, builder.add(limit, excess));
}

}  // namespace tpc::passes
