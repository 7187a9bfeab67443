#include "adapted_network.h"

#include <map>
#include <random>
#include <utility>

namespace tpc::testing {

using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

const DimId B(0), S(1), Q(2), d(3), k(4);

void add_state(tp::Module& module, const std::string& name, Type type, double size, bool random = true) {
  ir::State state;
  state.name = name;
  state.type = std::move(type);
  state.init = {random ? ir::InitKind::gaussian : ir::InitKind::constant, size};
  module.states.push_back(std::move(state));
}

tp::Module empty_module() {
  tp::Module module;
  module.name = "adapted";
  module.dims = {{"B", std::nullopt}, {"S", 3}, {"Q", 2}, {"d", 2}, {"k", 2}};
  add_state(module, "U", {Kind::vector, {d}}, 1);
  add_state(module, "b", {Kind::vector, {}}, 1);
  add_state(module, "W", {Kind::matrix, {}}, 0.7);
  add_state(module, "V", {Kind::vector, {k}}, 1);
  add_state(module, "rate", {Kind::scalar, {}}, inner_rate, false);
  module.functions.push_back({ir::FunctionRole::loss, {}, {}});
  return module;
}

class Network {
 public:
  Network(tp::Builder& build, const AdaptedNetwork& network) : build_(build), network_(network) {
    for (size_t i = 0; i < 4; ++i) {
      if (i != 2 || network.hidden_layers > 1) weights_[i] = build.read(StateId(i));
    }
  }

  /// One loss a task.
  ValueId losses(DimId rows, const std::string& x, const std::string& y) {
    const ValueId output = forward(build_.input(x, {B, rows, d}));
    const ValueId error = build_.sub(output, build_.input(y, {B, rows, k}));
    return build_.contract(build_.map(Primitive::Pow, {error}, 2), {}, {rows, k});
  }

  void adapt() {
    for (int step = 0; step < network_.steps; ++step) {
      const ValueId inner = losses(S, "xs", "ys");
      std::map<size_t, ValueId> gradients;
      for (const auto& [state, weight] : weights_) gradients[state] = build_.insert(tp::Gradient{inner, weight});
      const ValueId rate = network_.learned_rate ? build_.read(StateId(4)) : build_.constant(inner_rate);
      for (auto& [state, weight] : weights_) {
        ValueId gradient = gradients[state];
        if (network_.order == 1) gradient = build_.insert(tp::StopGradient{gradient});
        weight = build_.sub(weight, build_.mul(rate, gradient));
      }
    }
  }

  void finish(ValueId losses) {
    const ValueId sum = build_.contract(losses, {}, {B});
    const ValueId loss = build_.div(sum, build_.insert(ir::DimSize{B}));
    build_.function().results = {{"loss", loss}, {"adapted_b", weights_[1]}};
  }

 private:
  ValueId act(ValueId x) { return build_.map(network_.activation, {x}); }

  ValueId forward(ValueId x) {
    ValueId z = act(build_.add(build_.contract(weights_[0], x, {d}), weights_[1]));
    if (network_.hidden_layers > 1) z = act(build_.insert(tp::Matmul{weights_[2], z, false}));
    return build_.mul(build_.insert(tp::WidthPower{-1}), build_.insert(tp::Moment{weights_[3], z, {}}));
  }

  tp::Builder& build_;
  AdaptedNetwork network_;
  std::map<size_t, ValueId> weights_;
};

}  // namespace

tp::Module adapted_module(const AdaptedNetwork& wanted) {
  tp::Module module = empty_module();
  tp::Builder build(module, module.functions.front());
  Network network(build, wanted);
  network.adapt();
  network.finish(network.losses(Q, "xq", "yq"));
  return module;
}

tp::Module plain_module(const AdaptedNetwork& wanted, bool support) {
  tp::Module module = empty_module();
  tp::Builder build(module, module.functions.front());
  Network network(build, wanted);
  network.finish(support ? network.losses(S, "xs", "ys") : network.losses(Q, "xq", "yq"));
  return module;
}

evaluation::Batch task_batch(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  evaluation::Batch batch;
  batch.count = task_count;
  for (const auto& [field, count] : {std::pair{"xs", 6}, {"ys", 6}, {"xq", 4}, {"yq", 4}}) {
    for (int64_t i = 0; i < task_count * count; ++i) batch.fields[field].push_back(0.7 * normal(random));
  }
  return batch;
}

evaluation::Batch task_of(const evaluation::Batch& batch, int64_t task) {
  evaluation::Batch one;
  one.count = 1;
  for (const auto& [field, values] : batch.fields) {
    const auto count = static_cast<std::ptrdiff_t>(values.size()) / task_count;
    one.fields[field].assign(values.begin() + task * count, values.begin() + (task + 1) * count);
  }
  return one;
}

}  // namespace tpc::testing
