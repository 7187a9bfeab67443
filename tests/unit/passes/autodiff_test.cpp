/// Reverse mode against central finite differences of the interpreter: every operation, every primitive, and random
/// programs. Entry by entry, for every state.
#include "passes/autodiff/autodiff.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "frontend/lowering/losses.h"
#include "ir/tp/criterion.h"
#include "passes/autodiff/reverse.h"
#include "small_program.h"

using namespace tpc;
using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
using testing::SmallProgram;
namespace tp = ir::tp;

namespace {

double loss_of(tpc::evaluation::Interpreter& interpreter, const tpc::evaluation::Batch& batch) {
  return interpreter.run(ir::FunctionRole::loss, batch).at("loss")[0];
}

/// Derivatives of the loss by every entry of a state: fourth-order central differences, step 1e-3.
std::vector<double> finite_differences(tpc::evaluation::Interpreter& interpreter, StateId state,
                                       const tpc::evaluation::Batch& batch) {
  const std::vector<double> entries = interpreter.state(state);
  std::vector<double> result;
  for (size_t i = 0; i < entries.size(); ++i) {
    auto moved = [&](double step) {
      std::vector<double> other = entries;
      other[i] += step;
      interpreter.set_state(state, other);
      return loss_of(interpreter, batch);
    };
    const double h = 1e-3;
    result.push_back((8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h));
  }
  interpreter.set_state(state, entries);
  return result;
}

void check_gradient(tp::Module module, uint64_t seed) {
  REQUIRE(tp::verify(module).empty());
  passes::add_gradient(module);
  const std::vector<std::string> findings = tp::verify(module);
  REQUIRE_MESSAGE(findings.empty(), findings.front());
  const tpc::evaluation::Batch batch = testing::small_batch(seed);
  tpc::evaluation::Interpreter interpreter(module, testing::small_width, seed, 1);
  const auto results = interpreter.run(ir::FunctionRole::gradient, batch);
  CHECK(results.at("loss")[0] == loss_of(interpreter, batch));
  CAPTURE(seed);
  for (size_t i = 0; i < module.states.size(); ++i) {
    const std::string& name = module.states[i].name;
    CAPTURE(name);
    const std::vector<double> expected = finite_differences(interpreter, StateId(i), batch);
    const auto found = results.find("d." + name);
    const bool present = found != results.end();
    if (present)
      CHECK(
          module.find(ir::FunctionRole::gradient)->type(module.find(ir::FunctionRole::gradient)->result("d." + name)) ==
          module.states[i].type);
    for (size_t j = 0; j < expected.size(); ++j) {
      CAPTURE(j);
      const double got = present ? found->second.at(j) : 0.0;
      CHECK(std::abs(got - expected[j]) < 2e-7 * (1 + std::abs(expected[j])));
    }
  }
}

/// Builds the terms of a loss, and checks its gradient with several seeds.
void check_terms(const std::function<std::vector<ValueId>(SmallProgram&)>& make_terms) {
  SmallProgram program;
  program.finish(make_terms(program));
  for (uint64_t seed = 1; seed <= 2; ++seed) check_gradient(program.module, seed);
}

}  // namespace

TEST_CASE("every primitive, by each argument, for vectors and scalars") {
  for (const char* name : {
#define TPC_PRIMITIVE(enumerator, spelling, arity) #spelling,
#include "ir/core/primitives.def"
       }) {
    CAPTURE(name);
    const Primitive primitive = *ir::primitive_from_name(name);
    for (int power : {-2, 0, 1, 2, 3}) {
      if (primitive != Primitive::Pow && power != 0) continue;
      check_terms([&](SmallProgram& p) {
        auto& build = p.build();
        std::vector<ValueId> terms;
        for (auto [first, second] : {std::pair{p.b, p.U}, {p.V, p.b}, {p.s, p.t}, {p.t, p.b}}) {
          ValueId argument = build.read(first);
          // Roots and quotients away from zero.
          auto positive = [&](ValueId value) {
            return build.add(p.map(Primitive::Sigmoid, value), build.constant(0.5));
          };
          if (primitive == Primitive::Sqrt || primitive == Primitive::Log || power < 0) argument = positive(argument);
          if (primitive == Primitive::Asin || primitive == Primitive::Correlation) {
            argument = build.mul(build.constant(0.6), p.map(Primitive::Tanh, argument));
          }
          std::vector<ValueId> arguments{argument};
          if (ir::primitive_arity(primitive) == 2) arguments.push_back(positive(build.read(second)));
          terms.push_back(build.map(primitive, arguments, power));
        }
        return terms;
      });
    }
  }
}

TEST_CASE("contract") {
  SUBCASE("vector with data, and with a scalar state") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId U = build.read(p.U), t = build.read(p.t);
      return std::vector{build.contract(U, p.x, {p.inputs}),
                         build.contract(build.mul(t, U), p.x, {p.inputs, p.outputs}),
                         build.contract(t, build.read(p.V), {p.outputs}), build.contract(t, U, {p.outputs})};
    });
  }
  SUBCASE("one operand, and the same operand twice") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId t = build.read(p.t);
      return std::vector{build.contract(build.read(p.V), {}, {p.outputs}), build.contract(t, t, {p.outputs}),
                         build.contract(t, {}, {p.outputs}), build.contract(t, build.mul(p.y, t), {})};
    });
  }
}

TEST_CASE("moment") {
  SUBCASE("two vectors, dimensions on one side only, summed or kept") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
      const ValueId V = build.read(p.V), b = build.read(p.b);
      return std::vector{p.mean(V, z), p.mean(V, z, {p.outputs}), p.mean(b, z, {p.batch}), p.mean(z, z), p.mean(b, b)};
    });
  }
  SUBCASE("one vector: its adjoint is the same number at every coordinate") {
    check_terms([](SmallProgram& p) {
      return std::vector{p.mean(p.build().read(p.b), {}), p.mean(p.build().read(p.U), {}, {p.inputs}),
                         p.mean(p.build().read(p.V), {})};
    });
  }
  SUBCASE("of a product with a scalar state") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId product = build.mul(build.read(p.s), build.mul(build.read(p.t), build.read(p.b)));
      return std::vector{p.mean(product, {}), p.mean(build.read(p.U), product)};
    });
  }
}

TEST_CASE("broadcasting whose adjoint is the same along what is broadcast") {
  // Sums without weights: the adjoint of the scalar is a count of equal terms, along dimensions and along the width.
  check_terms([](SmallProgram& p) {
    auto& build = p.build();
    const ValueId s = build.read(p.s), t = build.read(p.t), b = build.read(p.b);
    return std::vector{build.contract(build.add(s, t), {}, {p.outputs}),
                       build.contract(build.add(build.add(s, t), p.x), {}, {p.batch, p.inputs, p.outputs}),
                       p.mean(build.add(s, b), {}),
                       p.mean(build.sub(b, build.add(t, build.read(p.U))), {}, {p.inputs, p.outputs}),
                       build.contract(build.add(b, build.mul(s, p.y)), {}, {p.batch, p.outputs})};
  });
}

TEST_CASE("matmul and outer") {
  SUBCASE("a matrix and its transpose in one network") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
      const ValueId h = p.map(Primitive::Tanh, p.matmul(build.read(p.W), z));
      return std::vector{h, p.matmul(build.read(p.W), h, true), p.matmul(build.read(p.M), build.read(p.V), true)};
    });
  }
  SUBCASE("an adjoint that is the same along the batch or the width") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
      const ValueId g = p.matmul(build.read(p.W), z);
      return std::vector{build.contract(g, {}, {p.batch}), p.mean(g, {}, {p.batch}),
                         p.mean(p.matmul(build.read(p.M), g, true), {})};
    });
  }
  SUBCASE("matrices that are values: sums, multiples, outer products") {
    check_terms([](SmallProgram& p) {
      auto& build = p.build();
      const ValueId z = build.contract(build.read(p.U), p.x, {p.inputs});
      const ValueId scaled = build.mul(p.map(Primitive::Tanh, build.read(p.s)), build.read(p.W));
      const ValueId matrix =
          build.sub(build.add(scaled, p.outer(z, p.map(Primitive::Sin, z))), build.neg(build.read(p.M)));
      return std::vector{p.matmul(matrix, build.read(p.b)), p.matmul(build.mul(build.read(p.s), matrix), z, true)};
    });
  }
}

TEST_CASE("relabel: Gram matrices") {
  check_terms([](SmallProgram& p) {
    auto& build = p.build();
    const ValueId U = build.read(p.U);
    const ValueId other = build.insert(ir::Relabel{U, p.inputs, p.inputs2});
    // The second one's adjoint does not depend on the dimension that is renamed.
    return std::vector{build.contract(p.mean(U, other), {}, {p.inputs2}), build.contract(other, {}, {p.inputs2}),
                       p.mean(build.mul(U, build.mul(other, build.read(p.q))), {}, {p.inputs2})};
  });
}

TEST_CASE("the losses of the language, of outputs and targets in any order of dimensions") {
  for (const std::string& name : sema::loss_names()) {
    CAPTURE(name);
    const sema::Loss loss = *sema::loss_from_name(name);
    check_terms([&](SmallProgram& p) {
      auto& build = p.build();
      const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
      const ValueId f = p.mean(build.read(p.V), z);
      const ValueId by_example = p.mean(z, build.read(p.V));
      const ValueId classes = build.insert(ir::OneHot{p.label, p.outputs});
      const ValueId unnormalised = build.mul(build.constant(2.5), p.y);
      return std::vector{lowering::example_losses(build, loss, f, p.y, p.outputs),
                         lowering::example_losses(build, loss, by_example, classes, p.outputs),
                         lowering::example_losses(build, loss, f, unnormalised, p.outputs),
                         lowering::example_losses(build, loss, p.y, by_example, p.outputs)};
    });
  }
}

TEST_CASE("log_sum_exp") {
  check_terms([](SmallProgram& p) {
    auto& build = p.build();
    const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
    const ValueId f = p.mean(build.read(p.V), z);
    const ValueId by_example = build.insert(ir::LogSumExp{f, p.outputs});
    // Along each dimension; of itself; twice; of numbers without a batch, weighted and not.
    return std::vector{by_example, build.insert(ir::LogSumExp{f, p.batch}),
                       build.insert(ir::LogSumExp{by_example, p.batch}),
                       build.insert(ir::LogSumExp{build.mul(by_example, f), p.outputs}),
                       build.mul(build.read(p.s), build.insert(ir::LogSumExp{build.read(p.t), p.outputs}))};
  });
}

TEST_CASE("the gradient through the criterion is that of the loss, and names its error") {
  for (const std::string& name : sema::loss_names()) {
    CAPTURE(name);
    SmallProgram p;
    auto& build = p.build();
    const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
    const ValueId f = build.neg(p.mean(build.read(p.V), z));  // stored as [k,B], the criterion reads [B,k]
    auto losses_at = [&](tp::Builder& builder, ValueId output, ValueId target) {
      return lowering::example_losses(builder, *sema::loss_from_name(name), output, target, p.outputs);
    };
    const ValueId sum = build.contract(losses_at(build, f, p.y), {}, {p.batch});
    p.function().results = {{"loss", build.div(sum, build.insert(ir::DimSize{p.batch}))}};
    tp::Module whole = p.module, split = p.module;
    tp::Function predict = split.functions.front();
    predict.key = ir::FunctionRole::predict;
    predict.results = {{"output", f}};
    tp::Function criterion{ir::FunctionRole::criterion, {}, {}};
    tp::Builder at_output(split, criterion);
    const ValueId output = at_output.input(tp::criterion_output, {p.batch, p.outputs});
    criterion.results = {{"losses", losses_at(at_output, output, at_output.input("y", {p.batch, p.outputs}))}};
    split.functions.push_back(predict);
    split.functions.push_back(criterion);
    REQUIRE(tp::verify(split).empty());
    for (tp::Module* module : {&whole, &split}) passes::add_gradient(*module);
    REQUIRE(tp::verify(split).empty());

    const tpc::evaluation::Batch batch = testing::small_batch(3);
    tpc::evaluation::Interpreter expected(whole, testing::small_width, 3, 1), got(split, testing::small_width, 3, 1);
    auto results = got.run(ir::FunctionRole::gradient, batch);
    CHECK(results.at("output") == got.run(ir::FunctionRole::predict, batch).at("output"));
    for (const auto& [result, values] : expected.run(ir::FunctionRole::gradient, batch)) {
      CAPTURE(result);
      REQUIRE(results.at(result).size() == values.size());
      for (size_t i = 0; i < values.size(); ++i) {
        CHECK(results.at(result)[i] == doctest::Approx(values[i]).epsilon(1e-12));
      }
    }
    const auto& body = split.find(ir::FunctionRole::gradient)->body;
    CHECK(std::ranges::count(body, ir::output_error_name, &tp::Instruction::name) == 1);
  }
}

TEST_CASE("softmax") {
  check_terms([](SmallProgram& p) {
    auto& build = p.build();
    const ValueId z = p.map(Primitive::Tanh, build.contract(build.read(p.U), p.x, {p.inputs}));
    const ValueId logits = p.mean(build.read(p.V), z);
    const ValueId weights = build.insert(ir::Softmax{logits, p.outputs});
    // Averages of vectors; along the batch; of itself; and one whose adjoint is the same for all entries.
    return std::vector{build.contract(build.read(p.V), weights, {p.outputs}),
                       build.insert(ir::Softmax{p.mean(z, build.read(p.V)), p.batch}),
                       build.insert(ir::Softmax{weights, p.outputs}),
                       build.contract(weights, {}, {p.batch, p.outputs})};
  });
}

TEST_CASE("random programs") {
  for (uint64_t seed = 1; seed <= 150; ++seed)
    check_gradient(testing::random_program(seed, 3 + static_cast<int>(seed) % 12), seed);
}

TEST_CASE("only states the loss depends on have a gradient") {
  SmallProgram program;
  auto& build = program.build();
  build.read(program.U);
  const ValueId frozen = program.map(Primitive::Step, build.read(program.V));
  program.function().results = {
      {"loss", build.add(program.mean(frozen, {}, {program.outputs}), program.mean(build.read(program.b), {}))}};
  passes::add_gradient(program.module);
  const tp::Function& gradient = *program.module.find(ir::FunctionRole::gradient);
  REQUIRE(gradient.results.size() == 2);
  CHECK(gradient.results[1].name == "d.b");
}

TEST_CASE("reads of the same state accumulate, and gradients are named after values") {
  SmallProgram program;
  auto& build = program.build();
  build.name_next("z");
  const ValueId z = build.mul(build.read(program.b), build.read(program.b));
  program.function().results = {{"loss", program.mean(z, z)}};
  passes::add_gradient(program.module);
  const tp::Function& gradient = *program.module.find(ir::FunctionRole::gradient);
  std::vector<std::string> names;
  for (const auto& instruction : gradient.body) {
    if (!instruction.name.empty()) names.push_back(instruction.name);
  }
  CHECK(names == std::vector<std::string>{"z", "dz", "db"});
}

TEST_CASE("a gradient with other seeds and wanted values: forward mode by hand through one step") {
  // differentiate() is what a training program that differentiates through its own steps calls.
  SmallProgram program;
  auto& build = program.build();
  const ValueId b = build.read(program.b);
  const ValueId square = build.mul(b, b);
  const ValueId cube = build.mul(square, b);
  const std::vector<ValueId> first = passes::differentiate(build, {{cube, build.constant(1)}}, {b, square});
  // d(b^2 b)/db = 3 b^2 in all, d/d(b^2) = b; then again: 6 b.
  const std::vector<ValueId> second = passes::differentiate(build, {{first[0], build.constant(1)}}, {b});
  program.function().results = {
      {"loss", program.mean(b, {})}, {"first", first[0]}, {"by_square", first[1]}, {"second", second[0]}};
  REQUIRE(tp::verify(program.module).empty());
  tpc::evaluation::Interpreter interpreter(program.module, testing::small_width, 7, 1);
  const auto results = interpreter.run(ir::FunctionRole::loss, testing::small_batch(7));
  const std::vector<double> entries = interpreter.state(program.b);
  for (size_t i = 0; i < entries.size(); ++i) {
    CHECK(results.at("first")[i] == doctest::Approx(3 * entries[i] * entries[i]));
    CHECK(results.at("by_square")[i] == doctest::Approx(entries[i]));
    CHECK(results.at("second")[i] == doctest::Approx(6 * entries[i]));
  }
}

TEST_CASE("misuse is an internal error") {
  tp::Module empty;
  CHECK_THROWS_AS(passes::add_gradient(empty), InternalError);
}
