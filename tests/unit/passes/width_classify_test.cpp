// Named parametrizations and architectures the theorem does not speak of; what the reasons say.
#include "passes/width/classify.h"

#include <doctest/doctest.h>

#include <chrono>
#include <map>

#include "passes/width/wording.h"
#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using ir::Exponent;
using passes::Classification;
using passes::InitialFunction;
using passes::Regime;

Classification classify_program(const tp::Module& module) {
  return passes::classify(module, passes::analyze_width(module));
}

Classification classify_mlp(const std::vector<Abc>& abc, Primitive nonlinearity = Primitive::Tanh) {
  return classify_program(compiled(mlp(abc, pointwise(nonlinearity))));
}

/// Classifies the program as it is written and as the compiler cleans it up, which must not matter.
Classification classify_network(const std::vector<State>& states, const Forward& forward) {
  Classification written = classify_program(training_program(states, forward));
  Classification cleaned = classify_program(compiled(forward_program(states, forward)));
  CHECK(written.regime == cleaned.regime);
  CHECK(written.r == cleaned.r);
  CHECK(written.output.initial == cleaned.output.initial);
  CHECK(written.output.change == cleaned.output.change);
  REQUIRE(written.weights.size() == cleaned.weights.size());
  for (size_t i = 0; i < written.weights.size(); ++i) {
    CHECK(written.weights[i].update_exponent == cleaned.weights[i].update_exponent);
    CHECK(written.weights[i].in_kernel == cleaned.weights[i].in_kernel);
  }
  return cleaned;
}

std::string all_reasons(const Classification& found) {
  std::string text;
  for (const auto& reason : found.reasons) text += reason.sentence() + "\n";
  return text;
}

std::map<std::string, std::string> update_exponents(const Classification& found) {
  std::map<std::string, std::string> exponents;
  for (const auto& weight : found.weights) exponents[weight.name] = weight.update_exponent.str();
  return exponents;
}

void check_all_updates_count(const Classification& found) {
  INFO(all_reasons(found));
  CHECK(found.regime == Regime::feature_learning);
  REQUIRE(found.r.has_value());
  CHECK(found.r->is_zero());
  for (const auto& [name, exponent] : update_exponents(found)) {
    CAPTURE(name);
    CHECK(exponent == "0");
  }
}

void check_full_kernel(const Classification& found) {
  INFO(all_reasons(found));
  CHECK(found.regime == Regime::kernel);
  REQUIRE(found.r.has_value());
  CHECK(found.r->str() == "1/2");
  CHECK(found.initial_function == InitialFunction::gaussian_process);
  for (const auto& weight : found.weights) {
    CAPTURE(weight.name);
    CHECK(weight.in_kernel == true);
  }
}

Parametrization with_c(Parametrization p, const Rational& c) {
  p.input.c = p.hidden.c = p.output.c = c;
  return p;
}

/// m <- 0.9 m + (g + decay w), w <- w - lr n^{-c} m, with a state m for each weight.
Classification classify_with_momentum(const Parametrization& p, double decay) {
  tp::Module module = forward_program(three_weights(p), tied);
  passes::add_gradient(module);
  const size_t count = module.states.size();
  for (size_t i = 0; i < count; ++i) {
    State momentum = module.states[i];
    momentum.name = "m." + momentum.name;
    momentum.init = {InitKind::zero, 0};
    module.states.push_back(momentum);
  }
  tp::Function& step = *module.find(ir::FunctionRole::gradient);
  step.key = ir::FunctionRole::step;
  tp::Builder builder(module, step);
  for (size_t i = 0; i < count; ++i) {
    ValueId w = builder.read(StateId(i));
    ValueId gradient = step.result("d." + module.states[i].name);
    if (decay != 0) gradient = builder.add(gradient, builder.mul(builder.constant(decay), w));
    ValueId kept = builder.mul(builder.constant(0.9), builder.read(StateId(count + i)));
    ValueId momentum = builder.add(kept, gradient);
    ValueId rate = builder.mul(builder.constant(0.5), builder.insert(tp::WidthPower{-module.states[i].c}));
    builder.write(StateId(count + i), momentum);
    builder.write(StateId(i), builder.sub(w, builder.mul(rate, momentum)));
  }
  REQUIRE(tp::verify(module).empty());
  return classify_program(module);
}

}  // namespace

TEST_CASE("the named parametrizations of an MLP") {
  SUBCASE("mup") {
    Classification found = classify_mlp(mlp_weights(mup(), 3));
    check_all_updates_count(found);
    CHECK(found.initial_function == InitialFunction::zero);
    CHECK(found.output.initial.str() == "-1/2");
    CHECK(found.output.change.str() == "0");
  }
  SUBCASE("mfp is mup for one hidden layer") { check_all_updates_count(classify_mlp(mlp_weights(mfp(), 1))); }
  SUBCASE("ntp") { check_full_kernel(classify_mlp(mlp_weights(ntp(), 3))); }
  SUBCASE("sp with c = 1: kernel without the first weight") {
    Classification found = classify_mlp(mlp_weights(sp(1), 3));
    CHECK(found.regime == Regime::kernel);
    CHECK(found.r->str() == "1/2");
    CHECK(found.weights[0].in_kernel == false);
    for (size_t i = 1; i < 4; ++i) CHECK(found.weights[i].in_kernel == true);
    CHECK(all_reasons(found).find("through the updates of W2, W3 and W4") != std::string::npos);
  }
  SUBCASE("sp with c = 0: unstable, each fast update named") {
    Classification found = classify_mlp(mlp_weights(sp(0), 2));
    CHECK(found.regime == Regime::unstable);
    CHECK_FALSE(found.r.has_value());
    CHECK_FALSE(found.initial_function.has_value());
    std::string reasons = all_reasons(found);
    CHECK(reasons.find("the update of W2 moves `W2 @ x1` like n^(1/2) (2 a + c = 0)") != std::string::npos);
    CHECK(reasons.find("the update of W3 moves `W3 @ x2` like n^1 (2 a + c = 0)") != std::string::npos);
  }
}

TEST_CASE("residual, tied, normalised and recurrent networks") {
  for (const Forward& forward : {Forward(residual), Forward(tied), Forward(normalised), Forward(recurrent)}) {
    check_all_updates_count(classify_network(three_weights(mup()), forward));
    check_full_kernel(classify_network(three_weights(ntp()), forward));
    CHECK(classify_network(three_weights(sp(0)), forward).regime == Regime::unstable);
    Classification slow = classify_network(three_weights(with_c(mup(), 1)), forward);
    CHECK(slow.regime == Regime::trivial);
    CHECK(slow.output.change.str() == "-1");
    CHECK(all_reasons(slow).find("choose 2 a + c = 1 for V (now 2)") != std::string::npos);
  }
}

TEST_CASE("what is normalised does not grow, whatever it is made of") {
  // In the standard parametrization features grow like n^(1/2) at the first step, layer normalisation takes that back,
  // and the output grows through its own weight alone.
  const Classification found = classify_network(three_weights(sp(0)), normalised);
  CHECK(found.regime == Regime::unstable);
  CHECK(found.output.change.str() == "1");
}

TEST_CASE("attention with scores mean(q * k)") {
  check_all_updates_count(classify_network(attention_weights(mup()), attention));
  // The scores start like n^(-1/2) and their gradients reach Q and K through a 1/n: these do not count at ntp.
  Classification found = classify_network(attention_weights(ntp()), attention);
  CHECK(found.regime == Regime::kernel);
  CHECK(found.r->str() == "1/2");
  CHECK(found.initial_function == InitialFunction::gaussian_process);  // although the scores vanish at random
  for (const auto& weight : found.weights) {
    CAPTURE(weight.name);
    CHECK(weight.in_kernel == (weight.name != "Q" && weight.name != "K"));
  }
}

TEST_CASE("biases, gains, a readout vector and a finite parameter") {
  for (bool maximal : {true, false}) {
    Parametrization p = maximal ? mup() : ntp();
    std::vector<State> states = three_weights(p);
    states.push_back(make_state("bias", Role::vector, p.input, {InitKind::zero, 0}));
    states.push_back(make_state("gain", Role::vector, p.input, {InitKind::constant, 1}));
    states.push_back(make_state("offset", Role::finite, {0, 0, 0}, {InitKind::zero, 0}));
    auto forward = [](Network& n, ValueId x) {
      ValueId z = n.apply(Primitive::Tanh, n.builder().add(n.embed(0, x), n.weight(3)), "z1");
      z = n.builder().mul(n.weight(4), n.apply(Primitive::Tanh, n.matmul(1, z)));
      return n.builder().add(n.readout(2, z), n.weight(5));
    };
    Classification found = classify_network(states, forward);
    if (maximal) check_all_updates_count(found);
    if (!maximal) check_full_kernel(found);
  }
}

TEST_CASE("dot(v, z) with an input-like v is a readout: its mean is rescaled before it counts") {
  std::vector<State> states = three_weights(mup());
  states[2] = make_state("v", Role::vector, mup().input);
  auto forward = [](Network& n, ValueId x) {
    ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    ValueId mean = n.mean(n.builder().mul(n.weight(2), z));
    return n.builder().mul(mean, n.builder().contract(n.builder().constant(1), n.builder().read(StateId(3)), {}));
  };
  states.push_back(make_state("scale", Role::finite, {0, 0, 0}, {InitKind::constant, 1}));
  Classification found = classify_network(states, forward);
  INFO(all_reasons(found));
  CHECK(found.regime == Regime::feature_learning);
  CHECK(found.output.initial.str() == "-1/2");
  CHECK(update_exponents(found)["v"] == "0");
}

TEST_CASE("finite layers after the readout leave the readout's power of the width to it, wherever it is moved") {
  for (bool maximal : {true, false}) {
    std::vector<State> states = three_weights(maximal ? mup() : ntp());
    states.push_back(make_state("F", Role::finite, {0, 0, 0}));
    states.push_back(make_state("G", Role::finite, {0, 0, 0}));
    auto forward = [](Network& n, ValueId x) {
      auto& b = n.builder();
      ValueId read = n.readout(2, n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x)))));
      for (size_t head : {3, 4}) read = b.mul(n.weight(head), b.contract(read, {}, {output_dim}));
      return read;
    };
    Classification found = classify_network(states, forward);
    INFO(all_reasons(found));
    CHECK(found.stable);
    CHECK(found.regime == (maximal ? Regime::feature_learning : Regime::kernel));
    CHECK(update_exponents(found)["V"] == "0");
  }
}

TEST_CASE("two sums over the width that differ by a power of it are two") {
  // v . z and mean(v * z): one sum, of which the user's values are n^{-a} and n^{-a-1}.
  std::vector<State> states = three_weights(mup());
  auto forward = [](Network& n, ValueId x) {
    auto& b = n.builder();
    ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    auto product = [&](const Rational& exponent) {
      ValueId sum = b.insert(tp::Moment{z, b.read(StateId(2)), {}});
      b.function().body[sum.index].scale = exponent;
      return b.mul(b.insert(tp::WidthPower{exponent}), sum);
    };
    return b.add(product({-1, 2}), product({-3, 2}));
  };
  Classification found = classify_network(states, forward);
  INFO(all_reasons(found));
  CHECK(found.regime == Regime::feature_learning);
  CHECK(update_exponents(found)["V"] == "0");
}

TEST_CASE("a readout that starts at zero: the gradient enters through its update alone") {
  std::vector<State> states = three_weights(mup());
  states[2].init = {InitKind::zero, 0};
  Classification found = classify_network(states, residual);
  check_all_updates_count(found);
  CHECK_FALSE(found.output.initial.finite());
  // ntp: k = 2a + c = 1, so r_1 = r_2 = 1 and only the readout is in the kernel.
  states = three_weights(ntp());
  states[2].init = {InitKind::zero, 0};
  found = classify_network(states, residual);
  CHECK(found.regime == Regime::kernel);
  CHECK(found.r->str() == "1");
  CHECK(found.weights[0].in_kernel == false);
  CHECK(found.weights[1].in_kernel == false);
  CHECK(found.weights[2].in_kernel == true);
}

TEST_CASE("a vanishing or growing preactivation is named with its span and remedy, its consequences are not") {
  std::vector<Abc> abc = mlp_weights(mup(), 3);
  abc[1] = {{1, 4}, {1, 2}, 0};
  Classification found = classify_mlp(abc);
  REQUIRE(found.reasons.size() == 1);
  CHECK(found.reasons[0].sentence() ==
        "unstable at initialisation: the hidden preactivation `W2 @ x1` vanishes like n^(-1/4): choose a + b = 1/2 for "
        "W2 (now 3/4)");
  abc[1] = {0, 0, 0};
  abc[3] = {0, {1, 4}, 0};
  found = classify_mlp(abc);
  CHECK(all_reasons(found).find("`W2 @ x1` grows like n^(1/2): choose a + b = 1/2 for W2 (now 0)") !=
        std::string::npos);
  CHECK(all_reasons(found).find("the output `W4 @ x3` grows like n^(1/4): choose a + b >= 1/2 for W4 (now 1/4)") !=
        std::string::npos);
}

TEST_CASE("an output that only grows through the features is blamed on the weight that moves them") {
  // alpha = 1/2, r = 1/4: every product is stable, a_{L+1} + b_{L+1} + r = 3/4 < 1 is not.
  std::vector<Abc> abc{{{-1, 8}, {1, 8}, 0}, {{1, 2}, 0, {1, 2}}, {{1, 2}, 0, 0}};
  Classification found = classify_mlp(abc);
  CHECK(found.regime == Regime::unstable);
  INFO(all_reasons(found));
  REQUIRE(found.reasons.size() == 1);
  CHECK(found.reasons[0].sentence() ==
        "unstable in training: the update of W1, seen through the initial values of the weights after it, moves the "
        "output like n^(1/4): choose 2 a + c >= 0 for W1 (now -1/4)");
}

TEST_CASE("feature learning in which one update vanishes says which and how fast") {
  std::vector<Abc> abc = mlp_weights(mup(), 2);
  abc[1] = {{1, 4}, {1, 4}, 0};
  Classification found = classify_mlp(abc);
  CHECK(found.regime == Regime::feature_learning);
  CHECK(update_exponents(found) == std::map<std::string, std::string>{{"W1", "0"}, {"W2", "-1/2"}, {"W3", "0"}});
  CHECK(all_reasons(found).find("the update of W2 moves what it produces only like n^(-1/2)") != std::string::npos);
}

TEST_CASE("a summand with the factor 0 hides no power of the width") {
  auto forward = [](Network& n, ValueId x) {
    auto& b = n.builder();
    ValueId nothing = n.named("start", b.mul(b.constant(0), n.embed(0, x)));
    ValueId pooled = n.named("pooled", b.add(nothing, n.apply(Primitive::Tanh, n.embed(0, x))));
    return n.readout(2, n.apply(Primitive::Tanh, b.sub(b.sub(nothing, nothing), n.matmul(1, pooled))));
  };
  check_all_updates_count(classify_network(three_weights(mup()), forward));
  check_full_kernel(classify_network(three_weights(ntp()), forward));
}

TEST_CASE("an initial output of order one is a Gaussian process only if it fluctuates around zero") {
  auto initial = [](std::vector<State> states, const Forward& forward) {
    return classify_network(states, forward).initial_function;
  };
  auto features = [](Network& n, ValueId x) { return n.apply(Primitive::Tanh, n.embed(0, x)); };
  auto average = [](Network& n, ValueId x) {
    return n.builder().contract(n.mean(n.apply(Primitive::Relu, n.embed(0, x))), n.weight(3), {});
  };
  std::vector<State> states = three_weights(ntp());
  states.push_back(make_state("scale", Role::finite, {0, 0, 0}, {InitKind::constant, 1}));
  CHECK(initial(states, average) == InitialFunction::deterministic);
  auto both = [&](Network& n, ValueId x) { return n.builder().add(n.readout(2, features(n, x)), average(n, x)); };
  CHECK(initial(states, both) == InitialFunction::other);
  CHECK(initial(states, [&](Network& n, ValueId x) {
          return n.apply(Primitive::Tanh, n.readout(2, features(n, x)));
        }) == InitialFunction::other);
  auto fluctuation = [&](Network& n, ValueId x) {
    auto& b = n.builder();
    return b.mul(b.constant(2), b.add(n.readout(2, features(n, x)), n.weight(3)));
  };
  CHECK(initial(states, fluctuation) == InitialFunction::other);  // the constant parameter is its mean
  states[3].init = gaussian;
  CHECK(initial(states, fluctuation) == InitialFunction::gaussian_process);
  states[2] = make_state("V", Role::output, mup().output);
  states[3].init = {InitKind::constant, 1};
  CHECK(initial(states, both) == InitialFunction::deterministic);  // V @ z vanishes
}

TEST_CASE("successive members of a family are named by the first and the last") {
  using passes::width::enumeration;
  CHECK(enumeration({"U", "W[9]", "W[10]", "W[11]", "V"}) == "U, W[9] to W[11] and V");
  CHECK(enumeration({"W[2]", "W[4]", "W[6]"}) == "W[2], W[4] and W[6]");
  CHECK(enumeration({"W[1]", "W[2]", "G[3]", "G[4]"}) == "W[1], W[2], G[3] and G[4]");
  CHECK(enumeration({"U", "W", "V"}) == "U, W and V");
}

TEST_CASE("momentum is classified as plain descent") {
  check_all_updates_count(classify_with_momentum(mup(), 0));
  check_full_kernel(classify_with_momentum(ntp(), 0));
}

TEST_CASE("weight decay of order one moves every feature, whatever the gradient does") {
  Classification found = classify_with_momentum(ntp(), 0.1);
  INFO(all_reasons(found));
  CHECK(found.stable);
  CHECK(found.r->is_zero());
  CHECK(classify_with_momentum(with_c(ntp(), 1), 0.1).r->str() == "1");
}

TEST_CASE("a nonlinearity that leaves the powers of the width is unstable, not wrong") {
  std::vector<Abc> abc = mlp_weights(mup(), 2);
  abc[0].b = 0;  // h1 grows like n^(1/2), exp(h1) like no power
  Classification found = classify_mlp(abc, Primitive::Exp);
  CHECK(found.regime == Regime::unstable);
  CHECK(all_reasons(found).find("`W1 @ x` grows like n^(1/2)") != std::string::npos);
}

TEST_CASE("a deep network is analysed in a few milliseconds a layer") {
  tp::Module module = compiled(mlp(mlp_weights(mup(), 50), pointwise(Primitive::Relu)));
  auto start = std::chrono::steady_clock::now();
  Classification found = classify_program(module);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  check_all_updates_count(found);
  MESSAGE("50 layers: ", seconds.count() * 1e3, " ms");
  CHECK(seconds.count() < 5.0);
}
