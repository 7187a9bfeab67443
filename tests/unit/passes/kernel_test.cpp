// The kernel at finite width is made of the gradients that the training step uses, one example at a time; and its terms
// of order one are those that the classification says are in the kernel.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "evaluation/interpreter/interpreter.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/kernel_program.h"
#include "passes/kernel/no_kernel.h"
#include "passes/width/classify.h"
#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using passes::kernel::KernelProgram;

constexpr int64_t width = 7, pairs = 2;

/// The sum of all terms, at finite width.
tp::Module kernel_module(const tp::Module& module) {
  const auto factors = passes::kernel::kernel_factors(passes::kernel::one_output(module));
  KernelProgram program = passes::kernel::kernel_program(factors, passes::kernel::all_products(factors));
  const auto terms = program.kernel;
  passes::kernel::choose_results(program, terms, {});
  const auto faults = tp::verify(program.module);
  REQUIRE_MESSAGE(faults.empty(), faults.front());
  return program.module;
}

/// The loss becomes output 0 of one example and the learning rate 1, so that a step subtracts n^{-c} factor gradient.
tp::Module gradient_step(tp::Module module, DimId output) {
  std::erase_if(module.functions, [](const auto& f) { return f.key != ir::FunctionRole::predict; });
  tp::Function loss = *module.find(ir::FunctionRole::predict);
  loss.key = ir::FunctionRole::loss;
  tp::Builder builder(module, loss);
  const ValueId first = builder.insert(ir::OneHot{builder.constant(0), output});
  loss.results = {{"loss", builder.contract(loss.result("output"), first, {batch_dim, output})}};
  module.functions.push_back(std::move(loss));
  passes::add_gradient(module);
  passes::add_sgd_step(module, ir::SgdSettings::constant(1));
  return module;
}

/// For one example the change of every state, divided by the square root of its learning rate.
std::vector<double> scaled_gradient(const tp::Module& module, const std::vector<double>& x, uint64_t seed) {
  tpc::evaluation::Interpreter network(module, width, seed);
  std::vector<double> gradient;
  std::vector<std::vector<double>> before;
  for (size_t i = 0; i < module.states.size(); ++i) before.push_back(network.state(StateId(i)));
  network.run(ir::FunctionRole::step, {1, {{"x", x}}});
  for (size_t i = 0; i < module.states.size(); ++i) {
    const State& state = module.states[i];
    const double rate = state.learning_rate_factor * std::pow(static_cast<double>(width), -state.c.value());
    const auto after = network.state(StateId(i));
    for (size_t j = 0; j < after.size(); ++j) gradient.push_back((before[i][j] - after[j]) / std::sqrt(rate));
  }
  return gradient;
}

void check_kernel(const tp::Module& module, DimId output, size_t input_size) {
  constexpr uint64_t seed = 5;
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> points(2 * pairs, std::vector<double>(input_size));
  tpc::evaluation::Batch batch{pairs, {}};
  for (size_t i = 0; i < points.size(); ++i) {
    for (double& value : points[i]) value = normal(random);
    auto& field = batch.fields[i < pairs ? "x" : "x'"];
    field.insert(field.end(), points[i].begin(), points[i].end());
  }
  const tp::Module kernel = kernel_module(compiled(module));
  const auto got = tpc::evaluation::Interpreter(kernel, width, seed).run(ir::FunctionRole::kernel, batch).at("kernel");
  const tp::Module step = gradient_step(module, output);
  for (size_t i = 0; i < pairs; ++i) {
    for (size_t j = 0; j < pairs; ++j) {
      const auto one = scaled_gradient(step, points[i], seed), other = scaled_gradient(step, points[pairs + j], seed);
      const double expected = std::inner_product(one.begin(), one.end(), other.begin(), 0.0);
      CHECK(got[i * pairs + j] == doctest::Approx(expected).epsilon(1e-9));
    }
  }
}

}  // namespace

TEST_CASE("the kernel is the inner product of the gradients of single examples") {
  std::vector<State> weights = three_weights(ntp());
  weights[0].learning_rate_factor = 0.3;
  weights[1].c = {1, 2};
  const std::pair<std::string, Forward> networks[] = {
      {"residual", residual}, {"tied", tied}, {"normalised", normalised}, {"recurrent", recurrent}};
  for (const auto& [name, forward] : networks) {
    CAPTURE(name);
    check_kernel(forward_program(weights, forward), output_dim, 2);
  }
  CAPTURE("attention");
  check_kernel(forward_program(attention_weights(ntp()), attention), output_dim, 2);
}

TEST_CASE("several outputs, a sequence, weights inside expressions of weights, numbers as weights") {
  // f_o = V_o . tanh(sum_T p (U x_T + exp(b)) / 3) + c_o with x : [T, d], gains p and numbers s.
  std::vector<State> states = {make_state("U", Role::input, {}), make_state("b", Role::vector, {}),
                               make_state("V", Role::output, {{1, 2}, 0, 0}), make_state("c", Role::finite, {}),
                               make_state("s", Role::finite, {})};
  states[1].type.dims = {};
  states[4].type.dims = {DimId(3)};
  tp::Module module;
  module.dims = {{"B", std::nullopt}, {"d", 2}, {"k", 3}, {"T", 4}};
  module.states = states;
  const DimId tokens(3);
  tp::Function predict{ir::FunctionRole::predict, {}, {}};
  tp::Builder b(module, predict);
  const ValueId x = b.input("x", {batch_dim, tokens, input_dim});
  const ValueId embedded = b.contract(b.read(StateId(0)), x, {input_dim});
  const ValueId shifted = b.add(embedded, b.map(Primitive::Exp, {b.read(StateId(1))}));
  const ValueId gated = b.mul(b.map(Primitive::Tanh, {b.read(StateId(4))}), b.map(Primitive::Sin, {shifted}));
  const ValueId z = b.map(Primitive::Tanh, {b.contract(gated, {}, {tokens})});
  const ValueId readout = b.insert(tp::Moment{b.read(StateId(2)), z, {}});
  const ValueId f = b.add(b.mul(b.insert(tp::WidthPower{{-1, 2}}), readout), b.read(StateId(3)));
  // In the order of the batch first.
  predict.results = {{"output", b.mul(b.map(Primitive::Pow, {b.contract(x, {}, {tokens, input_dim})}, 0), f)}};
  module.functions.push_back(predict);
  tp::Function loss = predict;
  loss.key = ir::FunctionRole::loss;
  tp::Builder rest(module, loss);
  loss.results = {{"loss", rest.contract(loss.result("output"), {}, {batch_dim, output_dim})}};
  module.functions.push_back(loss);
  check_kernel(module, output_dim, 8);
}

TEST_CASE("the terms of order one are the weights that the classification finds in the kernel") {
  std::mt19937_64 random(23);
  int kernels = 0;
  for (int trial = 0; trial < 4000 && kernels < 150; ++trial) {
    auto half = [&](int low, int high) { return Rational(std::uniform_int_distribution<int>(low, high)(random), 2); };
    const size_t depth = 1 + trial % 3;
    const Rational c = half(0, 3);
    std::vector<Abc> abc;
    for (size_t l = 0; l <= depth; ++l) {
      const Rational a = half(-1, 1);
      const Rational sum = l == 0 ? Rational(0) : l < depth ? Rational(1, 2) : half(1, 3);
      abc.push_back({a, sum - a, c});
    }
    const tp::Module module = compiled(mlp(abc, pointwise(trial % 2 == 0 ? Primitive::Tanh : Primitive::Relu)));
    const passes::WidthAnalysis analysis = passes::analyze_width(module);
    const passes::Classification classification = passes::classify(module, analysis);
    if (classification.regime != passes::Regime::kernel) continue;
    ++kernels;
    auto derived = passes::derive_kernel(module, analysis, ir::SgdSettings::constant(0.1));
    const auto* failure = std::get_if<passes::LimitFailure>(&derived);
    REQUIRE_MESSAGE(failure == nullptr, failure->message);
    const auto& limit = std::get<ir::limit::Module>(derived);
    CHECK(ir::limit::verify(limit).empty());
    CHECK(limit.find(ir::FunctionRole::kernel)->result("nngp").valid() ==
          (classification.initial_function == passes::InitialFunction::gaussian_process));
    for (const passes::WeightReport& weight : classification.weights) {
      const bool vanishes = std::any_of(limit.vanishing.begin(), limit.vanishing.end(), [&](const auto& term) {
        return term.what == "kernel of " + weight.name && term.exponent < ir::Exponent(0);
      });
      CHECK(*weight.in_kernel == !vanishes);
    }
  }
  CHECK(kernels == 150);
}

TEST_CASE("of the products of two steps' gradients those of one step are chosen, T of T^2") {
  constexpr size_t steps = 300;  // more than a machine word has bits, several times over
  const auto long_recurrence = [](Network& n, ValueId x) {
    ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
    for (size_t t = 1; t < steps; ++t) z = n.apply(Primitive::Tanh, n.builder().add(n.matmul(1, z), n.embed(0, x)));
    return n.readout(2, z);
  };
  const tp::Module module = compiled(forward_program(three_weights(ntp()), long_recurrence));
  const auto factors = passes::kernel::kernel_factors(passes::kernel::one_output(module));
  const auto chosen = passes::kernel::leading_products(factors, {});
  REQUIRE(chosen.size() == 3);
  for (size_t state = 0; state < 3; ++state) {
    const auto& contributions = factors.gradients[state].contributions;
    CAPTURE(contributions.size());
    for (size_t i = 0; i < contributions.size(); ++i) CHECK(chosen[state][i] == std::vector<size_t>{i});
  }
}

namespace {

std::string refusal(const tp::Module& module, const ir::SgdSettings& settings = ir::SgdSettings::constant(0.1)) {
  const passes::WidthAnalysis analysis = passes::analyze_width(module);
  REQUIRE(passes::classify(module, analysis).regime == passes::Regime::kernel);
  auto derived = passes::derive_kernel(module, analysis, settings);
  const auto* failure = std::get_if<passes::LimitFailure>(&derived);
  return failure == nullptr ? "" : failure->message;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ValueId two_layers(Network& n, ValueId x) {
  return n.named("f", n.readout(2, n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))))));
}

/// With k = 3 outputs.
tp::Module several_outputs(std::vector<State> states, const Forward& forward) {
  tp::Module module = forward_program(std::move(states), forward);
  module.dims[output_dim.index].size = 3;
  return compiled(std::move(module));
}

}  // namespace

TEST_CASE("what has no kernel limit is refused by name") {
  const tp::Module plain = compiled(forward_program(three_weights(ntp()), two_layers));
  CHECK(refusal(plain).empty());
  ir::SgdSettings settings = ir::SgdSettings::constant(0.1);
  settings.clip = 1.0;
  CHECK(contains(refusal(plain, settings), "gradient clipping in the kernel regime"));
  settings = ir::SgdSettings::constant(0.1);
  settings.weight_decay = 0.1;
  CHECK(contains(refusal(plain, settings), "weight decay in the kernel regime: it shrinks `U`"));

  auto of_output = [](auto last) { return [last](Network& n, ValueId x) { return last(n, two_layers(n, x)); }; };
  const auto squashed = of_output([](Network& n, ValueId f) { return n.apply(Primitive::Tanh, f); });
  CHECK(contains(refusal(compiled(forward_program(three_weights(ntp()), squashed))), "no Gaussian process"));

  std::vector<State> with_factor = three_weights(ntp());
  with_factor.push_back(make_state("s", Role::finite, {}, {InitKind::constant, 1.0}));
  const auto factor = of_output([](Network& n, ValueId f) { return n.builder().mul(f, n.weight(3)); });
  CHECK(contains(refusal(compiled(forward_program(with_factor, factor))), "`s` does, by order one"));
}

TEST_CASE("weight decay vanishes where its learning rate does") {
  const tp::Module module = compiled(forward_program(three_weights(sp(1)), two_layers));
  ir::SgdSettings settings = ir::SgdSettings::constant(0.1);
  settings.weight_decay = 0.1;
  auto derived = passes::derive_kernel(module, passes::analyze_width(module), settings);
  REQUIRE(std::holds_alternative<ir::limit::Module>(derived));
  const auto& vanishing = std::get<ir::limit::Module>(derived).vanishing;
  CHECK(std::any_of(vanishing.begin(), vanishing.end(),
                    [](const auto& term) { return term.what == "weight decay" && term.exponent == ir::Exponent(-1); }));
}

TEST_CASE("several outputs share one kernel if each has its own rows of weights, else they are refused") {
  CHECK(refusal(several_outputs(three_weights(ntp()), two_layers)).empty());
  // f_o = V_o . z + q . z: all outputs move together.
  std::vector<State> states = three_weights(ntp());
  states.push_back(make_state("q", Role::vector, {{1, 2}, 0, 0}));
  const Forward shared = [](Network& n, ValueId x) {
    const ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    return n.builder().add(n.readout(2, z), n.readout(3, z));
  };
  CHECK(contains(refusal(several_outputs(states, shared)), "the outputs are not independent: they share `"));
  // f_o = V_o . (z + mean_o' V_o' z / k): row o' enters all outputs.
  const Forward mixed = [](Network& n, ValueId x) {
    const ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    const ValueId all = n.builder().contract(n.readout(2, z), {}, {output_dim});
    return n.readout(2, n.builder().add(z, n.builder().mul(n.mean(z), all)));
  };
  auto refusal_of_axis = [](const tp::Module& module) -> std::string {
    try {
      passes::kernel::one_output(module);
    } catch (const passes::kernel::NoKernel& failure) {
      return failure.message;
    }
    return {};
  };
  CHECK(contains(refusal_of_axis(several_outputs(three_weights(ntp()), mixed)),
                 "is used for each output on its own and for all"));
  // f = softmax(V z), and the same of a single output.
  const Forward softmax = [](Network& n, ValueId x) {
    const ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.apply(Primitive::Tanh, n.embed(0, x))));
    return n.builder().insert(ir::Softmax{n.readout(2, z), output_dim});
  };
  tp::Module normalised = several_outputs(three_weights(ntp()), softmax);
  CHECK(contains(refusal_of_axis(normalised), "`softmax` makes each of them depend on all"));
  normalised.dims[output_dim.index].size = 1;
  CHECK(contains(refusal_of_axis(normalised), "over a single output"));
}

TEST_CASE("an expectation that vanishes by symmetry is dropped from sums and fixes phi, or is refused") {
  // The attention scores are n^(-1/2): the weights of the softmax are 1/2.
  const tp::Module module = compiled(forward_program(attention_weights(ntp()), attention));
  CHECK(refusal(module).empty());
  // f = V . (z + sqrt(n) mean(z') W z): that mean of an odd function is a random number of order one.
  const Forward random_factor = [](Network& n, ValueId x) {
    auto& b = n.builder();
    const ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
    const ValueId score = n.named("score", b.mul(b.insert(tp::WidthPower{{1, 2}}), n.mean(z)));
    return n.readout(2, n.apply(Primitive::Tanh, b.add(z, b.mul(score, n.matmul(1, z)))));
  };
  std::vector<State> states = three_weights(ntp());
  states[0].c = 1;  // so that training does not move it
  CHECK(contains(refusal(compiled(forward_program(states, random_factor))), "vanishes by symmetry"));
}
