#include <array>
#include <numbers>

#include "ir/core/primitive_traits.h"
#include "passes/autodiff/rules.h"

namespace tpc::passes {
namespace {

using ir::Primitive;
using ir::ValueId;

/// One application y = phi(x1, x2) and dy = dL/dy; the letters are those of the table.
struct Application {
  ir::tp::Builder& b;
  ValueId x1, x2, y, dy;
  int k;  ///< the exponent of pow

  [[nodiscard]] ValueId number(double value) const { return b.constant(value); }
  [[nodiscard]] ValueId f(Primitive primitive, ValueId x, int power = 0) const { return b.map(primitive, {x}, power); }
  [[nodiscard]] ValueId gaussian() const { return f(Primitive::Exp, b.neg(f(Primitive::Pow, x1, 2))); }
};
using A = const Application&;
using Rule = Product (*)(A);

struct PrimitiveRules {
  Primitive primitive;
  Rule first;             ///< dy * d phi / d x1
  Rule second = nullptr;  ///< dy * d phi / d x2
};

// Undefined derivatives follow the primitives' own conventions: relu'(0) = step(0) = 0, abs'(0) = sign(0) = 0.
// clang-format off
constexpr std::array rules{
    PrimitiveRules{Primitive::Add,      [](A a) { return Product{a.dy, {}}; },
                                        [](A a) { return Product{a.dy, {}}; }},
    PrimitiveRules{Primitive::Sub,      [](A a) { return Product{a.dy, {}}; },
                                        [](A a) { return Product{a.b.neg(a.dy), {}}; }},
    PrimitiveRules{Primitive::Mul,      [](A a) { return Product{a.dy, a.x2}; },
                                        [](A a) { return Product{a.dy, a.x1}; }},
    PrimitiveRules{Primitive::Div,      [](A a) { return Product{a.b.div(a.dy, a.x2), {}}; },
                                        [](A a) { return Product{a.b.neg(a.dy), a.b.div(a.y, a.x2)}; }},
    PrimitiveRules{Primitive::Neg,      [](A a) { return Product{a.b.neg(a.dy), {}}; }},
    PrimitiveRules{Primitive::Pow,      [](A a) { return a.k == 0 ? Product{} : Product{a.dy, a.b.mul(a.number(a.k), a.f(Primitive::Pow, a.x1, a.k - 1))}; }},
    PrimitiveRules{Primitive::Relu,     [](A a) { return Product{a.dy, a.f(Primitive::Step, a.x1)}; }},
    PrimitiveRules{Primitive::Abs,      [](A a) { return Product{a.dy, a.f(Primitive::Sign, a.x1)}; }},
    PrimitiveRules{Primitive::Sign,     [](A) { return Product{}; }},
    PrimitiveRules{Primitive::Step,     [](A) { return Product{}; }},
    PrimitiveRules{Primitive::Tanh,     [](A a) { return Product{a.dy, a.b.sub(a.number(1), a.f(Primitive::Pow, a.y, 2))}; }},
    PrimitiveRules{Primitive::Sigmoid,  [](A a) { return Product{a.dy, a.b.mul(a.y, a.b.sub(a.number(1), a.y))}; }},
    PrimitiveRules{Primitive::Softplus, [](A a) { return Product{a.dy, a.f(Primitive::Sigmoid, a.x1)}; }},
    PrimitiveRules{Primitive::Erf,      [](A a) { return Product{a.dy, a.b.mul(a.number(2 * std::numbers::inv_sqrtpi), a.gaussian())}; }},
    PrimitiveRules{Primitive::Sin,      [](A a) { return Product{a.dy, a.f(Primitive::Cos, a.x1)}; }},
    PrimitiveRules{Primitive::Cos,      [](A a) { return Product{a.b.neg(a.dy), a.f(Primitive::Sin, a.x1)}; }},
    PrimitiveRules{Primitive::Exp,      [](A a) { return Product{a.dy, a.y}; }},
    PrimitiveRules{Primitive::Sqrt,     [](A a) { return Product{a.dy, a.b.div(a.number(0.5), a.y)}; }},
    PrimitiveRules{Primitive::Log,      [](A a) { return Product{a.b.div(a.dy, a.x1), {}}; }},
    // Inside [-1, 1]; beyond it both are constant, which no program that keeps their promise meets.
    PrimitiveRules{Primitive::Asin,     [](A a) { return Product{a.b.div(a.dy, a.f(Primitive::Sqrt, a.b.sub(a.number(1), a.f(Primitive::Pow, a.x1, 2)))), {}}; }},
    PrimitiveRules{Primitive::Correlation, [](A a) { return Product{a.b.div(a.dy, a.f(Primitive::Sqrt, a.x2)), {}}; },
                                        [](A a) { return Product{a.b.mul(a.number(-0.5), a.dy), a.b.div(a.y, a.x2)}; }},
};
// clang-format on

constexpr bool table_is_complete() {
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].primitive != static_cast<Primitive>(i)) return false;
  }
  return rules.size() == ir::primitive_traits.size();
}
static_assert(table_is_complete(), "one line per primitive, in the order of primitives.def");

}  // namespace

void differentiate_op(const ir::Map& op, Place place, Adjoints& adjoints) {
  const PrimitiveRules& entry = rules[static_cast<size_t>(op.primitive)];
  const ValueId x1 = op.arguments[0];
  const ValueId x2 = op.arguments.size() > 1 ? op.arguments[1] : ValueId{};
  const Application application{adjoints.builder(), x1, x2, place.value, place.adjoint, op.power};
  const ir::Type space = adjoints.type(place.value);
  if (adjoints.active(x1)) adjoints.contribute(x1, entry.first(application), space);
  if (x2.valid() && adjoints.active(x2)) adjoints.contribute(x2, entry.second(application), space);
}

bool has_zero_derivative(const ir::Map& op) {
  const auto degree = ir::homogeneous_degree(op.primitive, op.power);
  return degree && degree->is_zero();  // constant on either side of 0
}

}  // namespace tpc::passes
