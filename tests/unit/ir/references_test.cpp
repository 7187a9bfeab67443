#include <doctest/doctest.h>

#include "ir/tp/ir.h"

namespace tpc::ir {
namespace {

TEST_CASE("a reference to an instruction, its operation or its type outlives what the builder inserts") {
  tp::Module module;
  module.dims = {{"d", 3}};
  tp::Function function{FunctionRole::predict, {}, {}};
  tp::Builder builder(module, function);
  const ValueId x = builder.input("x", {DimId(0)});
  const Type& type = builder.type(x);
  const tp::Instruction& instruction = function.at(x);
  const Input& op = std::get<Input>(function.body.front().op);
  for (int i = 0; i < 1000; ++i) builder.neg(x);
  CHECK(&type == &builder.type(x));
  CHECK(&instruction == &function.at(x));
  CHECK(op.field == "x");
  CHECK(type == Type{Kind::scalar, {DimId(0)}});
}

}  // namespace
}  // namespace tpc::ir
