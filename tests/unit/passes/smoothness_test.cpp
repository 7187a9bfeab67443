// Where functions of a Gaussian variable are not smooth: what its operations show of the sign of each value.
#include "passes/gaussian/smoothness.h"

#include <doctest/doctest.h>

#include "ir/limit/ir.h"

using namespace tpc;
using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
using ir::Values;
namespace limit = ir::limit;

namespace {

/// A function that reads one Gaussian variable z.
struct OneVariable {
  limit::Module module;
  limit::Builder build;
  ValueId z;

  OneVariable() : build(start()) { z = build.read(StateId(0)); }

  ValueId number(double value) { return build.constant(value); }
  ValueId map(Primitive primitive, ValueId x, int power = 0) { return build.map(primitive, {x}, power); }
  ValueId square(ValueId x) { return map(Primitive::Pow, x, 2); }

  Values sign(ValueId id) const { return passes::gaussian::signs_of_values(module.functions[0])[id.index]; }
  bool smooth(ValueId id) const {
    const limit::Function& function = module.functions[0];
    const auto signs = passes::gaussian::signs_of_values(function);
    return passes::gaussian::is_smooth_map(function, signs, std::get<ir::Map>(function.at(id).op));
  }

 private:
  limit::Builder start() {
    ir::State& state = module.states.emplace_back();
    state.name = "z";
    state.type = {Kind::vector, {}};
    state.init = {ir::InitKind::gaussian, 1.0};
    module.functions.push_back({ir::FunctionKey("f"), {}, {}});
    return {module, module.functions.back()};
  }
};

}  // namespace

TEST_CASE("signs: squares, positive functions, and what sums, products and quotients keep of them") {
  OneVariable f;
  const ValueId square = f.square(f.z), exp = f.map(Primitive::Exp, f.z), one = f.number(1);
  CHECK(f.sign(f.z) == Values::any);
  CHECK(f.sign(square) == Values::nonnegative);
  CHECK(f.sign(f.build.mul(f.z, f.z)) == Values::nonnegative);
  CHECK(f.sign(exp) == Values::positive);
  CHECK(f.sign(f.build.add(square, one)) == Values::positive);
  CHECK(f.sign(f.build.add(exp, square)) == Values::positive);
  CHECK(f.sign(f.build.add(square, square)) == Values::nonnegative);
  CHECK(f.sign(f.build.add(f.z, one)) == Values::any);
  CHECK(f.sign(f.build.sub(one, square)) == Values::any);
  CHECK(f.sign(f.build.add(square, f.number(-1))) == Values::any);
  CHECK(f.sign(f.build.mul(exp, square)) == Values::nonnegative);
  CHECK(f.sign(f.build.mul(exp, exp)) == Values::positive);
  CHECK(f.sign(f.build.div(one, exp)) == Values::positive);
  CHECK(f.sign(f.build.neg(exp)) == Values::any);
  CHECK(f.sign(f.map(Primitive::Pow, exp, 3)) == Values::positive);
  CHECK(f.sign(f.map(Primitive::Pow, f.z, 3)) == Values::any);
  CHECK(f.sign(f.map(Primitive::Relu, f.z)) == Values::nonnegative);
  CHECK(f.sign(f.map(Primitive::Relu, exp)) == Values::positive);
  CHECK(f.sign(f.map(Primitive::Sqrt, exp)) == Values::positive);
  CHECK(f.sign(f.map(Primitive::Sign, square)) == Values::nonnegative);
  CHECK(f.sign(f.map(Primitive::Tanh, exp)) == Values::any);
  CHECK(f.sign(f.build.insert(limit::Expect{f.z, f.z, {}})) == Values::nonnegative);
  CHECK(f.sign(f.build.insert(limit::Expect{exp, {}, {}})) == Values::positive);
}

TEST_CASE("a root bends where its argument may be 0, and only there") {
  OneVariable f;
  const ValueId square = f.square(f.z);
  CHECK_FALSE(f.smooth(f.map(Primitive::Sqrt, square)));  // |z|
  CHECK(f.smooth(f.map(Primitive::Sqrt, f.build.add(square, f.number(1)))));
  CHECK_FALSE(f.smooth(f.map(Primitive::Relu, f.z)));
  CHECK(f.smooth(f.map(Primitive::Relu, f.map(Primitive::Exp, f.z))));
  CHECK_FALSE(f.smooth(f.map(Primitive::Asin, f.map(Primitive::Sin, f.z))));
  CHECK(f.smooth(f.build.div(f.z, f.map(Primitive::Exp, f.z))));
}
