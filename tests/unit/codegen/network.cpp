#include "tests/unit/codegen/network.h"

#include <vector>

namespace tpc::test {

using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
using ir::limit::Builder;

namespace {

const DimId batch{0}, inputs{1}, outputs{2};

struct Forward {
  std::vector<ValueId> features;  ///< z^1..z^L
  ValueId f;
};

ValueId activate(Builder& b, const NetworkShape& shape, ValueId h) {
  return shape.linear ? h : b.map(shape.nonlinearity, {h});
}

Forward forward(Builder& b, const NetworkShape& shape, ValueId x) {
  Forward result;
  ValueId h = b.contract(b.read(StateId(0)), x, {inputs});
  for (int layer = 1; layer < shape.hidden_layers; ++layer) {
    result.features.push_back(activate(b, shape, h));
    const StateId matrix(static_cast<size_t>(layer));
    const ValueId z = result.features.back();
    h = b.add(b.insert(ir::limit::Condition{matrix, z, false}), b.insert(ir::limit::Accumulated{matrix, z, false}));
  }
  result.features.push_back(activate(b, shape, h));
  const StateId readout(static_cast<size_t>(shape.hidden_layers));
  result.f = b.insert(ir::limit::Expect{b.read(readout), result.features.back(), {}});
  return result;
}

/// phi' from phi: 1 - tanh^2, or the step at relu > 0.
ValueId slope(Builder& b, const NetworkShape& shape, ValueId z) {
  if (shape.linear) return b.constant(1.0);
  if (shape.nonlinearity == Primitive::Relu) return b.map(Primitive::Step, {z});
  return b.sub(b.constant(1.0), b.map(Primitive::Pow, {z}, 2));
}

void build_step(Builder& b, const NetworkShape& shape) {
  const ValueId x = b.input("x", {batch, inputs});
  const ValueId y = b.input("y", {batch, outputs});
  const Forward pass = forward(b, shape, x);
  const ValueId error = b.sub(pass.f, y);
  const ValueId losses = b.mul(b.constant(0.5), b.contract(b.map(Primitive::Pow, {error}, 2), {}, {outputs}));
  const ValueId size = b.insert(ir::DimSize{batch});
  b.function().results.push_back({"loss", b.div(b.contract(losses, {}, {batch}), size)});

  const ValueId chi = b.div(error, size);
  const ValueId rate = b.constant(-shape.learning_rate);
  const StateId readout(static_cast<size_t>(shape.hidden_layers));
  ValueId dz = b.contract(b.read(readout), chi, {outputs});
  b.write(readout, b.add(b.read(readout), b.mul(rate, b.contract(pass.features.back(), chi, {batch}))));
  for (int layer = shape.hidden_layers - 1; layer > 0; --layer) {
    const auto index = static_cast<size_t>(layer);
    const ValueId dh = b.mul(dz, slope(b, shape, pass.features[index]));
    b.insert(ir::limit::Append{StateId(index), rate, dh, pass.features[index - 1]});
    dz = b.add(b.insert(ir::limit::Condition{StateId(index), dh, true}),
               b.insert(ir::limit::Accumulated{StateId(index), dh, true}));
  }
  const ValueId dh = b.mul(dz, slope(b, shape, pass.features.front()));
  b.write(StateId(0), b.add(b.read(StateId(0)), b.mul(rate, b.contract(dh, x, {batch}))));
}

}  // namespace

ir::limit::Module network(const NetworkShape& shape) {
  ir::limit::Module module;
  module.name = "net";
  module.dims = {{"B", std::nullopt}, {"d", shape.inputs}, {"k", shape.outputs}};
  auto state = [&](const std::string& name, Kind kind, std::vector<DimId> dims) {
    ir::State made;
    made.name = name;
    made.type = {kind, std::move(dims)};
    made.init = {ir::InitKind::gaussian, 1.0};
    module.states.push_back(made);
  };
  state("U", Kind::vector, {inputs});
  for (int layer = 2; layer <= shape.hidden_layers; ++layer) state("W" + std::to_string(layer), Kind::matrix, {});
  state("V", Kind::vector, {outputs});
  module.functions = {{ir::FunctionRole::step, {}, {}}, {ir::FunctionRole::predict, {}, {}}};
  Builder step(module, module.functions[0]);
  build_step(step, shape);
  Builder predict(module, module.functions[1]);
  const ValueId f = forward(predict, shape, predict.input("x", {batch, inputs})).f;
  module.functions[1].results.push_back({"output", f});
  return module;
}

}  // namespace tpc::test
