/// Gradients inside a program: per-task steps against runs of single tasks with ordinary reverse mode, the derivative
/// through them against finite differences (second order) and against single tasks (first order).
#include "passes/autodiff/expand_gradients.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "adapted_network.h"
#include "passes/autodiff/autodiff.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"

using namespace tpc;
using evaluation::Batch;
using evaluation::Interpreter;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
using testing::AdaptedNetwork;
namespace tp = ir::tp;

namespace {

using Results = std::map<std::string, std::vector<double>>;

void check_close(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(got[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])));
  }
}

void check_verified(const tp::Module& module) {
  const std::vector<std::string> findings = tp::verify(module);
  REQUIRE_MESSAGE(findings.empty(), findings.front());
}

tp::Module expanded(const AdaptedNetwork& network) {
  tp::Module module = testing::adapted_module(network);
  check_verified(module);
  REQUIRE(passes::gradient_fault(module).empty());
  module = passes::without_inner_gradients(std::move(module));
  check_verified(module);
  CHECK_FALSE(passes::has_gradients(module));
  for (const tp::Instruction& instruction : module.functions.front().body) {
    CHECK_FALSE((instruction.type.kind == ir::Kind::matrix && !instruction.type.dims.empty()));
  }
  return module;
}

/// Ordinary steps of descent on the support rows of one task; then loss and gradient of its query rows.
Results adapted_by_hand(const AdaptedNetwork& network, const Batch& task, uint64_t seed) {
  tp::Module support = testing::plain_module(network, true), query = testing::plain_module(network, false);
  for (tp::Module* module : {&support, &query}) passes::add_gradient(*module);
  Interpreter inner(support, testing::adapted_width, seed, 1), outer(query, testing::adapted_width, seed, 1);
  for (int step = 0; step < network.steps; ++step) {
    const Results results = inner.run(ir::FunctionRole::gradient, task);
    for (size_t i = 0; i < support.states.size(); ++i) {
      const auto gradient = results.find("d." + support.states[i].name);
      if (gradient == results.end()) continue;
      std::vector<double> values = inner.state(StateId(i));
      for (size_t j = 0; j < values.size(); ++j) values[j] -= testing::inner_rate * gradient->second[j];
      inner.set_state(StateId(i), values);
    }
  }
  for (size_t i = 0; i < support.states.size(); ++i) outer.set_state(StateId(i), inner.state(StateId(i)));
  Results results = outer.run(ir::FunctionRole::gradient, task);
  results["adapted_b"] = inner.state(StateId(1));
  return results;
}

double loss_of(Interpreter& interpreter, const Batch& batch) {
  return interpreter.run(ir::FunctionRole::loss, batch).at("loss")[0];
}

/// Fourth-order central differences of the loss by every entry of a state.
std::vector<double> finite_differences(Interpreter& interpreter, StateId state, const Batch& batch) {
  const std::vector<double> entries = interpreter.state(state);
  std::vector<double> result;
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto moved = [&](double step) {
      std::vector<double> other = entries;
      other[i] += step;
      interpreter.set_state(state, other);
      return loss_of(interpreter, batch);
    };
    const double h = 3e-4;
    result.push_back((8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h));
  }
  interpreter.set_state(state, entries);
  return result;
}

std::vector<AdaptedNetwork> networks() {
  std::vector<AdaptedNetwork> all;
  for (int layers : {1, 2}) {
    for (Primitive activation : {Primitive::Tanh, Primitive::Neg}) {
      for (int steps : {1, 3}) all.push_back({layers, activation, steps});
    }
  }
  return all;
}

}  // namespace

TEST_CASE("every task adapts as it would alone") {
  for (const AdaptedNetwork& network : networks()) {
    CAPTURE(network.hidden_layers);
    CAPTURE(network.activation);
    CAPTURE(network.steps);
    const tp::Module module = expanded(network);
    const Batch batch = testing::task_batch(5);
    Interpreter interpreter(module, testing::adapted_width, 7, 1);
    const Results together = interpreter.run(ir::FunctionRole::loss, batch);
    double loss = 0;
    std::vector<double> biases(static_cast<size_t>(testing::task_count * testing::adapted_width));
    for (int64_t task = 0; task < testing::task_count; ++task) {
      const Results alone = adapted_by_hand(network, testing::task_of(batch, task), 7);
      loss += alone.at("loss")[0] / static_cast<double>(testing::task_count);
      std::ranges::copy(alone.at("adapted_b"), biases.begin() + task * testing::adapted_width);
    }
    check_close(together.at("loss"), {loss}, 1e-12);
    check_close(together.at("adapted_b"), biases, 1e-12);
  }
}

TEST_CASE("second order: the derivative through the inner steps, by weights and by their rate") {
  for (AdaptedNetwork network : networks()) {
    network.learned_rate = true;
    CAPTURE(network.hidden_layers);
    CAPTURE(network.activation);
    CAPTURE(network.steps);
    tp::Module module = expanded(network);
    passes::add_gradient(module);
    check_verified(module);
    const Batch batch = testing::task_batch(6);
    Interpreter interpreter(module, testing::adapted_width, 8, 1);
    const Results results = interpreter.run(ir::FunctionRole::gradient, batch);
    for (size_t i = 0; i < module.states.size(); ++i) {
      const std::string& name = module.states[i].name;
      if (name == "W" && network.hidden_layers == 1) continue;
      CAPTURE(name);
      check_close(results.at("d." + name), finite_differences(interpreter, StateId(i), batch), 2e-7);
    }
  }
}

TEST_CASE("first order: the gradient at the adapted weights") {
  for (AdaptedNetwork network : networks()) {
    network.order = 1;
    CAPTURE(network.hidden_layers);
    CAPTURE(network.activation);
    CAPTURE(network.steps);
    tp::Module module = expanded(network);
    passes::add_gradient(module);
    check_verified(module);
    const tp::Function& gradient = *module.find(ir::FunctionRole::gradient);
    CHECK(std::ranges::none_of(gradient.body, [](const tp::Instruction& instruction) {
      return std::holds_alternative<tp::StopGradient>(instruction.op);
    }));
    const Batch batch = testing::task_batch(6);
    Interpreter interpreter(module, testing::adapted_width, 8, 1);
    const Results together = interpreter.run(ir::FunctionRole::gradient, batch);
    Results mean;
    for (int64_t task = 0; task < testing::task_count; ++task) {
      for (const auto& [name, values] : adapted_by_hand(network, testing::task_of(batch, task), 8)) {
        std::vector<double>& sum = mean[name];
        sum.resize(values.size());
        for (size_t i = 0; i < values.size(); ++i) sum[i] += values[i] / static_cast<double>(testing::task_count);
      }
    }
    for (const tp::Module& plain = testing::plain_module(network, false); const ir::State& state : plain.states) {
      if (!mean.contains("d." + state.name)) continue;
      CAPTURE(state.name);
      check_close(together.at("d." + state.name), mean.at("d." + state.name), 1e-11);
    }
  }
}

TEST_CASE("a training step of an adapted network, as the pipeline makes it") {
  AdaptedNetwork network{2, Primitive::Tanh, 3};
  tp::Module module = expanded(network);
  tp::Module reference = module;
  passes::add_gradient(reference);
  passes::AnyModule any = module;
  passes::PassOptions options;
  options.verify_each = true;
  std::ostringstream nothing;
  REQUIRE(passes::run_passes(any, passes::gradient_pipeline(), options, nothing).empty());
  const Batch batch = testing::task_batch(2);
  Interpreter got(std::get<tp::Module>(any), testing::adapted_width, 3, 1);
  Interpreter expected(reference, testing::adapted_width, 3, 1);
  const Results results = got.run(ir::FunctionRole::gradient, batch);
  for (const auto& [name, values] : expected.run(ir::FunctionRole::gradient, batch)) {
    CAPTURE(name);
    check_close(results.at(name), values, 1e-11);
  }
}

TEST_CASE("a program without gradients stays as it is") {
  const tp::Module plain = testing::plain_module({}, true);
  CHECK(tp::print(passes::without_inner_gradients(plain)) == tp::print(plain));
}

namespace {

/// One function `f` of U : vector[d] and W, with a field x : scalar[B,d].
struct Small {
  tp::Module module;
  ir::DimId B{0}, d{1};
  Small() {
    module.name = "small";
    module.dims = {{"B", std::nullopt}, {"d", 2}};
    for (const char* name : {"U", "W"}) {
      ir::State state;
      state.name = name;
      state.type = name[0] == 'U' ? ir::Type{ir::Kind::vector, {d}} : ir::Type{ir::Kind::matrix, {}};
      state.init = {ir::InitKind::gaussian, 1};
      module.states.push_back(state);
    }
    module.functions.push_back({ir::FunctionKey("f"), {}, {}});
  }
  Batch batch{2, {{"x", {1, 2, 3, 4}}}};
};

}  // namespace

TEST_CASE("gradients that are zero, and that do not have every index, have the gradient's type") {
  Small p;
  tp::Builder build(p.module, p.module.functions.front());
  const ValueId x = build.input("x", {p.B, p.d}), U = build.read(StateId(0)), W = build.read(StateId(1));
  const ValueId h = build.contract(U, x, {p.d});
  const ValueId step = build.insert(tp::Moment{build.map(Primitive::Step, {h}), {}, {}});
  const ValueId sum = build.insert(tp::Moment{h, {}, {}});
  const ValueId by_U = build.insert(tp::Gradient{sum, U});
  const ValueId zero = build.insert(tp::Gradient{step, U});
  const ValueId none = build.insert(tp::Gradient{sum, W});
  const ValueId again = build.insert(tp::Gradient{sum, build.read(StateId(0))});  // a read stands for its state
  p.module.functions.front().results = {
      {"by_U", by_U}, {"zero", zero}, {"none", build.insert(tp::Matmul{none, h, false})}, {"again", again}};
  check_verified(p.module);
  const auto vanishing = passes::vanishing_gradients(p.module);
  REQUIRE(vanishing.size() == 1);
  CHECK(vanishing[0].gradient == zero);
  std::vector<ir::Type> types;
  for (const ir::Result& result : p.module.functions.front().results) types.push_back(build.type(result.value));
  p.module = passes::without_inner_gradients(p.module);
  check_verified(p.module);
  const tp::Function& function = p.module.functions.front();
  for (size_t i = 0; i < types.size(); ++i) CHECK(function.type(function.results[i].value) == types[i]);
  Interpreter interpreter(p.module, 2, 1, 1);
  const Results results = interpreter.run(ir::FunctionKey("f"), p.batch);
  CHECK(results.at("by_U") == std::vector<double>{1, 1, 2, 2, 3, 3, 4, 4});
  CHECK(results.at("again") == results.at("by_U"));
  CHECK(results.at("zero") == std::vector<double>(8, 0));
  CHECK(results.at("none") == std::vector<double>(4, 0));
}

TEST_CASE("gradients of values that mix the examples are refused") {
  Small p;
  tp::Builder build(p.module, p.module.functions.front());
  const ValueId x = build.input("x", {p.B, p.d}), U = build.read(StateId(0));
  const ValueId h = build.contract(U, x, {p.d});
  const ValueId centred = build.sub(h, build.contract(h, {}, {p.B}));
  const ValueId losses = build.insert(tp::Moment{centred, {}, {}});
  p.module.functions.front().results = {{"g", build.insert(tp::Gradient{losses, U})}};
  check_verified(p.module);
  CHECK(passes::gradient_fault(p.module).find("is not one for every index of B") != std::string::npos);
}
