/// Clean-up passes keep what a program computes (against the interpreter, on random programs and their gradients),
/// keep it verified, and do what they are for.
#include "passes/simplify/simplify.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "passes/autodiff/autodiff.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/update/update.h"
#include "small_program.h"

using namespace tpc;
using ir::Primitive;
using ir::StateId;
using ir::ValueId;
using testing::SmallProgram;
namespace tp = ir::tp;

namespace {

struct Outcome {
  std::vector<double> losses;
  std::vector<std::vector<double>> states;
};

/// Two training steps.
Outcome train(const tp::Module& module, uint64_t seed) {
  tpc::evaluation::Interpreter interpreter(module, testing::small_width, seed, 1);
  Outcome outcome;
  for (uint64_t step = 0; step < 2; ++step) {
    outcome.losses.push_back(interpreter.run(ir::FunctionRole::step, testing::small_batch(seed + step)).at("loss")[0]);
  }
  for (size_t i = 0; i < module.states.size(); ++i) outcome.states.push_back(interpreter.state(StateId(i)));
  return outcome;
}

void check_same(const Outcome& got, const Outcome& expected) {
  auto close = [](double a, double b) { return std::abs(a - b) <= 1e-9 * (1 + std::abs(b)); };
  for (size_t i = 0; i < expected.losses.size(); ++i) CHECK(close(got.losses[i], expected.losses[i]));
  for (size_t i = 0; i < expected.states.size(); ++i) {
    REQUIRE(got.states[i].size() == expected.states[i].size());
    for (size_t j = 0; j < expected.states[i].size(); ++j) CHECK(close(got.states[i][j], expected.states[i][j]));
  }
}

tp::Module random_step(uint64_t seed) {
  tp::Module module = testing::random_program(seed, 3 + static_cast<int>(seed) % 15);
  passes::add_gradient(module);
  passes::add_sgd_step(module, ir::SgdSettings::constant(0.01));
  return module;
}

size_t count_instructions(const tp::Module& module) {
  size_t count = 0;
  for (const auto& function : module.functions) count += function.body.size();
  return count;
}

template <class Op>
size_t count_op(const tp::Function& function) {
  size_t count = 0;
  for (const auto& instruction : function.body) count += std::holds_alternative<Op>(instruction.op) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("every clean-up pass keeps the training of random programs") {
  const std::vector<std::vector<std::string>> lists = {{"fold-constants"},
                                                       {"simplify"},
                                                       {"cse"},
                                                       {"dce"},
                                                       {"simplify", "cse", "dce"},
                                                       {"cse", "simplify", "cse", "simplify"}};
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const tp::Module original = random_step(seed);
    const Outcome expected = train(original, seed);
    if (!std::isfinite(expected.losses.back())) continue;
    for (const auto& list : lists) {
      CAPTURE(list.front());
      CAPTURE(list.size());
      passes::AnyModule module = original;
      passes::PassOptions options;
      options.verify_each = true;
      std::ostringstream nothing;
      REQUIRE(passes::run_passes(module, list, options, nothing).empty());
      CHECK(count_instructions(std::get<tp::Module>(module)) <= count_instructions(original) + 5);
      check_same(train(std::get<tp::Module>(module), seed), expected);
    }
  }
}

TEST_CASE("simplify, cse and dce are done when they are done") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    tp::Module module = random_step(seed);
    passes::simplify(module);
    const std::string once = tp::print(module);
    passes::simplify(module);
    CHECK(tp::print(module) == once);
    passes::eliminate_common_subexpressions(module);
    passes::eliminate_dead_code(module);
    const std::string clean = tp::print(module);
    passes::eliminate_common_subexpressions(module);
    passes::eliminate_dead_code(module);
    CHECK(tp::print(module) == clean);
  }
}

TEST_CASE("an array is multiplied by at most one plain scalar in a chain") {
  SmallProgram program;
  auto& build = program.build();
  ValueId value = build.read(program.U);
  for (int i = 0; i < 5; ++i) {
    value = build.mul(build.insert(tp::WidthPower{ir::Rational(1, 2)}), build.mul(value, build.constant(2)));
    value = build.neg(build.mul(build.read(program.s), value));
  }
  program.function().results = {{"loss", value}};
  passes::simplify(program.module);
  size_t array_products = 0;
  for (const auto& instruction : program.function().body) {
    const bool is_map = std::holds_alternative<ir::Map>(instruction.op);
    if (is_map && instruction.type.kind == ir::Kind::vector) ++array_products;
  }
  // One product, and the sign.
  CHECK(array_products <= 2);
  CHECK(count_op<tp::WidthPower>(program.function()) == 1);
  CHECK(count_op<ir::Constant>(program.function()) == 1);
}

TEST_CASE("a product with zero is kept where the other factor may be infinite") {
  SmallProgram program;
  auto& build = program.build();
  const ValueId zero = build.constant(0);
  program.function().results = {{"kept", build.mul(zero, build.read(program.s))},
                                {"gone", build.mul(zero, build.insert(tp::WidthPower{1}))}};
  passes::simplify(program.module);
  const tp::Function& function = program.function();
  CHECK(std::holds_alternative<ir::Map>(function.at(function.result("kept")).op));
  CHECK(std::holds_alternative<ir::Constant>(function.at(function.result("gone")).op));
}

TEST_CASE("rows of an identity matrix add up to 1, which leaves a product of the same shape") {
  SmallProgram program;
  auto& build = program.build();
  const ValueId row = build.insert(ir::OneHot{program.label, program.outputs});
  const ValueId sum = build.contract(row, {}, {program.outputs});
  const ValueId other = build.contract(row, {}, {program.batch});
  program.function().results = {{"same", build.mul(sum, program.y)},
                                {"wider", build.mul(sum, build.read(program.t))},
                                {"counts", build.mul(other, build.read(program.t))}};
  passes::simplify(program.module);
  const tp::Function& function = program.function();
  CHECK(std::holds_alternative<ir::Input>(function.at(function.result("same")).op));
  const auto& wider = std::get<ir::Map>(function.at(function.result("wider")).op);
  CHECK(std::get<ir::Map>(function.at(wider.arguments[0]).op).primitive == ir::Primitive::Pow);
  const auto& counts = std::get<ir::Map>(function.at(function.result("counts")).op);
  CHECK(std::holds_alternative<ir::Contract>(function.at(counts.arguments[0]).op));
}

TEST_CASE("what is not finite is not folded") {
  SmallProgram program;
  auto& build = program.build();
  program.function().results = {{"loss", build.div(build.constant(1), build.constant(0))}};
  passes::fold_constants(program.module);
  const tp::Function& function = program.function();
  CHECK(std::holds_alternative<ir::Map>(function.at(function.result("loss")).op));
}

TEST_CASE("products of numbers that are not finite come to an end") {
  SmallProgram program;
  auto& build = program.build();
  const ValueId large = build.constant(1e308), x = build.read(program.s);
  program.function().results = {{"loss", build.mul(large, build.mul(build.mul(large, x), build.mul(large, x)))}};
  passes::simplify(program.module);
  CHECK(program.function().result("loss").valid());
}

TEST_CASE("writes stay, and are never merged") {
  SmallProgram program;
  auto& build = program.build();
  build.write(program.U, build.add(build.read(program.U), build.read(program.U)));
  build.write(program.V, build.read(program.V));
  build.write(program.b, build.read(program.b));
  passes::eliminate_common_subexpressions(program.module);
  passes::eliminate_dead_code(program.module);
  CHECK(count_op<ir::Write>(program.function()) == 3);
  CHECK(count_op<ir::Read>(program.function()) == 3);
  CHECK(count_op<ir::Input>(program.function()) == 0);
}
