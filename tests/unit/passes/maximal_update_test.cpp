// The maximal update of any program: the rows of math.md section 1 for MLPs, other architectures, and sign descent at
// finite width as the independent argument for Adam's exponents.
#include "passes/mup/maximal_update.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "passes/width/forward.h"
#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using passes::MaximalUpdate;
using passes::MaximalWeight;
using passes::Regime;
using passes::update_rule;
using passes::UpdateRule;

const Abc at_zero{0, 0, 0};
const Parametrization unscaled{at_zero, at_zero, at_zero};

std::string text(const MaximalWeight& weight) {
  return weight.name + " " + weight.a.str() + " " + weight.b.str() + " " + weight.c.str();
}

std::string text(const MaximalUpdate& found) {
  std::string all;
  for (const MaximalWeight& weight : found.weights) all += (all.empty() ? "" : ", ") + text(weight);
  return all;
}

/// Feature learning, with every weight's update at exponent 0.
void check_maximal(const MaximalUpdate& found) {
  CAPTURE(text(found));
  for (const auto& reason : found.classification.reasons) INFO(reason.text);
  CHECK(found.classification.regime == Regime::feature_learning);
  for (const MaximalWeight& weight : found.weights) {
    CAPTURE(weight.name);
    CHECK(weight.update_exponent == ir::Exponent(0));
    CHECK(weight.remark.empty());
  }
}

MaximalUpdate derive(const std::vector<State>& states, const Forward& forward,
                     const UpdateRule& rule = update_rule("sgd")) {
  passes::mup::Points points(forward_program(states, forward), ir::SgdSettings::constant(1));
  return derive_maximal_update(points, rule);
}

/// tanh(U x + bias), then gain * (W z), V z + offset.
ValueId with_vectors(Network& n, ValueId x) {
  ValueId z = n.apply(Primitive::Tanh, n.builder().add(n.embed(0, x), n.weight(3)));
  z = n.apply(Primitive::Tanh, n.builder().mul(n.weight(4), n.matmul(1, z)));
  return n.builder().add(n.readout(2, z), n.weight(5));
}

/// V ((W z) * sigmoid(G z)).
ValueId gated(Network& n, ValueId x) {
  ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
  return n.readout(3, n.builder().mul(n.matmul(1, z), n.apply(Primitive::Sigmoid, n.matmul(2, z))));
}

std::vector<State> gated_weights() {
  return {make_state("U", Role::input, at_zero), make_state("W", Role::hidden, at_zero),
          make_state("G", Role::hidden, at_zero), make_state("V", Role::output, at_zero)};
}

/// Replaces the update of every state by n^{-c} times the sign of what the step of descent adds: what Adam's first step
/// does, and the size of all others.
void sign_step(const tp::Module& module, tpc::evaluation::Interpreter& network, const tpc::evaluation::Batch& batch,
               int64_t width, const MaximalUpdate& adam) {
  std::vector<std::vector<double>> states;
  for (size_t i = 0; i < module.states.size(); ++i) states.push_back(network.state(StateId(i)));
  network.run(ir::FunctionRole::step, batch);
  for (size_t i = 0; i < module.states.size(); ++i) {
    const double size = 0.1 * std::pow(static_cast<double>(width), -adam.weights[i].c.value());
    std::vector<double> moved = network.state(StateId(i));
    for (size_t j = 0; j < moved.size(); ++j) {
      const double change = moved[j] - states[i][j];
      moved[j] = states[i][j] + (change > 0 ? size : change < 0 ? -size : 0);
    }
    network.set_state(StateId(i), moved);
  }
}

double mean_square_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

/// By state: how far its own updates of three sign steps move the vector (or output) that moves most.
std::vector<double> moved_by_signs(const tp::Module& module, const MaximalUpdate& adam, int64_t width) {
  const tpc::evaluation::Batch batch{3, {{"x", {1.0, 0.3, -0.4, 0.8, 0.2, -1.1}}, {"y", {2.0, -2.0, 1.5}}}};
  std::vector<double> moved(module.states.size());
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    tpc::evaluation::Interpreter network(module, width, seed), fresh(module, width, seed);
    const auto before = fresh.run(ir::FunctionRole::predict, batch);
    for (int t = 0; t < 3; ++t) sign_step(module, network, batch, width, adam);
    for (size_t i = 0; i < module.states.size(); ++i) {
      const std::vector<double> initial = fresh.state(StateId(i));
      fresh.set_state(StateId(i), network.state(StateId(i)));
      double largest = 0;
      for (const auto& [name, values] : fresh.run(ir::FunctionRole::predict, batch)) {
        largest = std::max(largest, mean_square_difference(values, before.at(name)));
      }
      fresh.set_state(StateId(i), initial);
      moved[i] += std::sqrt(largest) / 4;
    }
  }
  return moved;
}

}  // namespace

TEST_CASE("MLPs of depth 1 to 5: the maximal update row of the table, at a = 0") {
  for (size_t depth = 1; depth <= 5; ++depth) {
    for (const char* name : {"sgd", "adam"}) {
      const UpdateRule& rule = update_rule(name);
      for (auto nonlinearity : {Primitive::Tanh, Primitive::Relu, Primitive::Cos}) {
        tp::Module module = mlp(mlp_weights(unscaled, depth), pointwise(nonlinearity));
        passes::mup::Points points(module, ir::SgdSettings::constant(1));
        MaximalUpdate found = derive_maximal_update(points, rule);
        check_maximal(found);
        for (const MaximalWeight& weight : found.weights) {
          const bool adam = rule.kind == passes::UpdateKind::entrywise;
          const bool input = weight.role == Role::input, output = weight.role == Role::output;
          CHECK(weight.a.is_zero());
          CHECK(weight.b == (input ? Rational(0) : output ? Rational(1) : Rational(1, 2)));
          CHECK(weight.c == (input ? Rational(adam ? 0 : -1) : Rational(adam || output ? 1 : 0)));
        }
      }
    }
  }
}

TEST_CASE("residual, recurrent, tied and normalised networks") {
  for (const Forward& forward : {Forward(residual), Forward(tied), Forward(normalised), Forward(recurrent)}) {
    MaximalUpdate found = derive(three_weights(unscaled), forward);
    check_maximal(found);
    CHECK(text(found) == "U 0 0 -1, W 0 1/2 0, V 0 1 1");
    CHECK(text(derive(three_weights(unscaled), forward, update_rule("adam"))) == "U 0 0 0, W 0 1/2 1, V 0 1 1");
  }
}

TEST_CASE("attention: the scores vanish at initialisation, the exponents do not care") {
  MaximalUpdate found = derive(attention_weights(unscaled), attention);
  check_maximal(found);
  CHECK(text(found) == "U 0 0 -1, Q 0 1/2 0, K 0 1/2 0, P 0 1/2 0, V 0 1 1");
  CHECK(text(derive(attention_weights(unscaled), attention, update_rule("adam"))) ==
        "U 0 0 0, Q 0 1/2 1, K 0 1/2 1, P 0 1/2 1, V 0 1 1");
}

TEST_CASE("biases, gains, a gated linear unit, a readout that starts at zero") {
  std::vector<State> states = three_weights(unscaled);
  states.push_back(make_state("bias", Role::vector, at_zero, {InitKind::zero, 0}));
  states.push_back(make_state("gain", Role::vector, at_zero, {InitKind::constant, 1}));
  states.push_back(make_state("offset", Role::finite, at_zero, {InitKind::zero, 0}));
  MaximalUpdate found = derive(states, with_vectors);
  check_maximal(found);
  CHECK(text(found) == "U 0 0 -1, W 0 1/2 0, V 0 1 1, bias 0 0 -1, gain 0 0 -1, offset 0 0 0");
  CHECK(text(derive(states, with_vectors, update_rule("adam"))) ==
        "U 0 0 0, W 0 1/2 1, V 0 1 1, bias 0 0 0, gain 0 0 0, offset 0 0 0");

  found = derive(gated_weights(), gated);
  check_maximal(found);
  CHECK(text(found) == "U 0 0 -1, W 0 1/2 0, G 0 1/2 0, V 0 1 1");

  states = three_weights(unscaled);
  states[2].init = {InitKind::zero, 0};
  found = derive(states, residual);
  check_maximal(found);
  CHECK(text(found) == "U 0 0 -1, W 0 1/2 0, V 0 1 1");
}

TEST_CASE("a readout by an average has the exponents of a vector, whatever simplification does to its 1/n") {
  std::vector<State> states = three_weights(unscaled);
  states[2] = make_state("v", Role::vector, at_zero);
  states.push_back(make_state("scale", Role::finite, at_zero, {InitKind::constant, 1}));
  MaximalUpdate found = derive(states, [](Network& n, ValueId x) {
    ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    ValueId mean = n.mean(n.builder().mul(n.weight(2), z));
    return n.builder().mul(mean, n.builder().contract(n.builder().constant(1), n.weight(3), {}));
  });
  check_maximal(found);
  CHECK(text(found) == "U 0 0 -1, W 0 1/2 0, v 0 0 -1, scale 0 0 0");
}

TEST_CASE("a program without a loss is trained on squared error") {
  tp::Module module = forward_program(three_weights(unscaled), residual);
  std::erase_if(module.functions, [](const auto& function) { return function.key != ir::FunctionRole::predict; });
  passes::mup::Points points(module, ir::SgdSettings::constant(1));
  check_maximal(derive_maximal_update(points, update_rule("sgd")));
}

TEST_CASE("a weight whose uses contradict each other, and one that never moves, say so") {
  std::vector<State> states = three_weights(unscaled);
  states[2] = make_state("scale", Role::finite, at_zero, {InitKind::constant, 1});
  MaximalUpdate found = derive(states, [](Network& n, ValueId x) {
    ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
    ValueId scores = n.readout(0, n.apply(Primitive::Tanh, n.matmul(1, z), "y"));
    return n.builder().mul(n.builder().contract(scores, {}, {input_dim}), n.weight(2));
  });
  CHECK(
      found.weights[0].remark.starts_with("no single a + b serves all uses: `U @ x` asks for 0, `U.T @ y` asks for 1"));
  CHECK(found.weights[0].embeds_and_reads_out);
  CHECK(found.classification.regime == Regime::unstable);

  states = three_weights(unscaled);
  states[1].init = {InitKind::zero, 0};
  found = derive(states, [](Network& n, ValueId x) {
    ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
    ValueId square = n.apply(Primitive::Tanh, n.matmul(1, z));
    return n.readout(2, n.builder().add(z, n.builder().mul(square, square)));
  });
  CHECK(found.weights[1].remark == "never moves: its gradient is exactly 0 at every step");
  CHECK(found.classification.regime == Regime::feature_learning);
}

TEST_CASE("what to change is told weight by weight, in the invariants") {
  passes::mup::Points points(forward_program(three_weights(unscaled), residual), ir::SgdSettings::constant(1));
  MaximalUpdate maximal = derive_maximal_update(points, update_rule("sgd"));
  CHECK(changes_towards(maximal, points, three_weights(mup())).empty());
  std::vector<std::string> changes = changes_towards(maximal, points, three_weights(ntp()));
  CHECK(changes == std::vector<std::string>{"raise a + b of V by 1/2 (to 1)", "lower 2 a + c of U by 1 (to -1)",
                                            "lower 2 a + c of W by 1 (to 0)"});
}

TEST_CASE("the file's own optimizer trains the point that is found: decay and clipping fix c = 0") {
  ir::SgdSettings decaying = ir::SgdSettings::constant(0.5), clipped = decaying, heavy = decaying;
  decaying.weight_decay = 0.01;
  clipped.clip = 1.0;
  heavy.momentum = 0.9;
  for (const ir::SgdSettings& settings : {decaying, clipped}) {
    passes::mup::Points points(forward_program(three_weights(unscaled), residual), settings);
    const MaximalUpdate found = derive_maximal_update(points, update_rule("sgd"));
    check_maximal(found);
    CHECK(text(found) == "U -1/2 1/2 0, W 0 1/2 0, V 1/2 1/2 0");
    // At a = 0, c = -1 of U decay grows like n: no advice leads there.
    const std::vector<std::string> changes = changes_towards(found, points, three_weights(ntp()));
    if (settings.weight_decay != 0) {
      CHECK(changes == std::vector<std::string>{"paste the block that `tpc mup` prints"});
    } else {
      CHECK(changes.size() == 3);
    }
  }
  passes::mup::Points points(forward_program(three_weights(unscaled), residual), heavy);
  CHECK(text(derive_maximal_update(points, update_rule("sgd"))) == "U 0 0 -1, W 0 1/2 0, V 0 1 1");
}

TEST_CASE("Adam's exponents: sign steps of each weight move what it produces alike at every width") {
  const std::pair<std::vector<State>, Forward> networks[] = {{three_weights(unscaled), recurrent},
                                                             {three_weights(unscaled), normalised},
                                                             {gated_weights(), gated},
                                                             {attention_weights(unscaled), attention}};
  for (const auto& [states, forward] : networks) {
    MaximalUpdate adam = derive(states, forward, update_rule("adam"));
    CAPTURE(text(adam));
    std::vector<State> scaled = states;
    for (size_t i = 0; i < scaled.size(); ++i) scaled[i].b = adam.weights[i].b;
    tp::Module module = training_program(scaled, forward);
    tp::Function& predict = *module.find(ir::FunctionRole::predict);
    for (const ValueId hidden : passes::width::hidden_vectors(predict)) {
      predict.results.push_back({"value" + std::to_string(hidden.index), hidden});
    }
    const std::vector<double> small = moved_by_signs(module, adam, 48), large = moved_by_signs(module, adam, 384);
    for (size_t i = 0; i < small.size(); ++i) {
      CAPTURE(scaled[i].name);
      CHECK(std::abs(std::log(large[i] / small[i]) / std::log(8.0)) < 0.25);
    }
  }
}
