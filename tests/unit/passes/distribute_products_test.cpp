/// Products multiplied out and reordered keep their values (against the interpreter), whatever is looked through, and
/// the estimate of a function never grows.
#include "passes/contractions/distribute_products.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "adapted_network.h"
#include "evaluation/interpreter/interpreter.h"
#include "ir/core/typing.h"
#include "passes/autodiff/autodiff.h"
#include "passes/autodiff/expand_gradients.h"
#include "passes/contractions/flops.h"
#include "passes/contractions/matrix_products.h"
#include "passes/contractions/reassociate.h"
#include "passes/contractions/sum_of_products.h"
#include "passes/pipeline.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "small_program.h"

using namespace tpc;
using evaluation::Interpreter;
using ir::DimId;
using ir::Primitive;
using ir::ValueId;
using testing::SmallProgram;
namespace contractions = passes::contractions;
namespace tp = ir::tp;

namespace {

using Results = std::map<std::string, std::vector<double>>;

void check_close(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (!std::isfinite(expected[i])) continue;
    CAPTURE(i);
    CHECK(std::abs(got[i] - expected[i]) <= 1e-9 * (1 + std::abs(expected[i])));
  }
}

void check_verified(const tp::Module& module) {
  const std::vector<std::string> findings = tp::verify(module);
  REQUIRE_MESSAGE(findings.empty(), findings.front());
}

Results run(const tp::Module& module, ir::FunctionRole role, uint64_t seed) {
  Interpreter interpreter(module, testing::small_width, seed, 1);
  return interpreter.run(role, testing::small_batch(seed));
}

/// Of the values of a function that can be looked through, those whose number has this bit.
std::set<ValueId> some_transparent(const tp::Function& function, uint64_t seed) {
  std::set<ValueId> chosen;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const bool wanted = seed == 0 || ((i * 2654435761U) >> seed) % 2 == 0;
    if (wanted && contractions::is_transparent(function.body[i].op)) chosen.insert(ValueId(i));
  }
  return chosen;
}

}  // namespace

TEST_CASE("products are the same whatever is looked through") {
  size_t changed = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    tp::Module module = testing::random_program(seed, 4 + static_cast<int>(seed) % 14);
    passes::add_gradient(module);
    passes::simplify(module);
    passes::eliminate_common_subexpressions(module);
    tp::Function& function = *module.find(ir::FunctionRole::gradient);
    tp::Builder build(module, function);
    contractions::SumOfProducts sums(build);
    for (ValueId value : some_transparent(function, seed % 5)) sums.open(value);
    const size_t size = function.body.size();
    for (size_t i = 0; i < size; ++i) {
      const auto product = contractions::as_product(function.body[i]);
      if (!product) continue;
      const ValueId made = sums.product(*product, function.body[i].type.dims);
      REQUIRE(build.type(made).kind == function.body[i].type.kind);
      REQUIRE(ir::same_dims(build.type(made).dims, function.body[i].type.dims));
      const ValueId difference = build.sub(ValueId(i), made);
      function.results.push_back({"product " + std::to_string(i), ValueId(i)});
      function.results.push_back({"difference " + std::to_string(i), difference});
      changed += made != ValueId(i);
    }
    check_verified(module);
    const Results results = run(module, ir::FunctionRole::gradient, seed);
    for (const auto& [name, values] : results) {
      if (!name.starts_with("difference")) continue;
      const std::vector<double>& product = results.at("product" + name.substr(10));
      double largest = 1e-9;
      for (double value : product) largest = std::max(largest, std::abs(value));
      for (double value : values) CHECK_FALSE(std::abs(value) > 1e-8 * largest);
    }
  }
  CHECK(changed > 300);
}

TEST_CASE("programs compute the same, at no higher estimate, and there is nothing left to gain") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    tp::Module module = testing::random_program(seed, 4 + static_cast<int>(seed) % 14);
    passes::add_gradient(module);
    passes::simplify(module);
    passes::eliminate_common_subexpressions(module);
    passes::eliminate_dead_code(module);
    const tp::Module original = module;
    passes::distribute_products(module);
    check_verified(module);
    for (size_t i = 0; i < module.functions.size(); ++i) {
      CHECK(contractions::flops(module, module.functions[i]) <= contractions::flops(original, original.functions[i]));
    }
    const Results expected = run(original, ir::FunctionRole::gradient, seed);
    for (const auto& [name, values] : run(module, ir::FunctionRole::gradient, seed)) {
      CAPTURE(name);
      check_close(values, expected.at(name));
    }
    tp::Module again = original;
    passes::distribute_products(again);
    CHECK(tp::print(again) == tp::print(module));
  }
}

TEST_CASE("a vector changed by contractions is not formed for the products it is made for") {
  SmallProgram p;  // U - e x' chi as in a step of descent, at other points
  auto& build = p.build();
  p.module.dims[p.inputs.index].size = p.module.dims[p.inputs2.index].size = 784;
  const ValueId U = build.read(p.U);
  const ValueId error = build.contract(U, p.x, {p.inputs});
  const ValueId other = build.insert(ir::Relabel{build.input("x", {p.batch, p.inputs}), p.inputs, p.inputs2});
  const ValueId back = build.insert(ir::Relabel{other, p.inputs2, p.inputs});
  const ValueId gradient = build.contract(error, build.mul(build.constant(0.1), p.x), {p.batch});
  const ValueId changed = build.sub(U, gradient);
  p.finish({build.contract(changed, back, {p.inputs})});
  const double before = contractions::flops(p.module, p.function());
  passes::distribute_products(p.module);
  check_verified(p.module);
  CHECK(contractions::flops(p.module, p.function()) < before);
  for (const tp::Instruction& instruction : p.function().body) {
    if (const auto* sum = std::get_if<ir::Contract>(&instruction.op)) {
      CHECK_FALSE((instruction.type.kind == ir::Kind::vector && ir::contains_dim(instruction.type.dims, p.inputs)));
      static_cast<void>(sum);
    }
  }
}

TEST_CASE("products with matrices of examples, of several dimensions in any order") {
  SmallProgram p;
  auto& build = p.build();
  const ValueId left = build.mul(build.mul(p.x, p.y), build.read(p.b));                                  // [B,d,k]
  const ValueId right = build.mul(p.map(Primitive::Sin, p.x), p.map(Primitive::Tanh, build.read(p.b)));  // [B,d]
  const ValueId spread = build.contract(build.mul(p.y, build.read(p.V)), {}, {});                        // [k,B]
  const ValueId outer = build.insert(tp::Outer{left, right, {p.outputs, p.batch}});
  const ValueId matrix = build.sub(build.read(p.W), build.mul(build.read(p.s), build.neg(outer)));
  REQUIRE(build.type(matrix) == ir::Type{ir::Kind::matrix, {p.outputs, p.batch}});
  const ValueId product = build.insert(tp::Matmul{matrix, build.read(p.U), false});
  const ValueId back = build.insert(tp::Matmul{build.mul(p.label, matrix), spread, true});
  // The same products by hand.
  const ValueId r = build.insert(ir::Relabel{right, p.inputs, p.inputs2});
  const ValueId l = build.insert(ir::Relabel{left, p.inputs, p.inputs2});
  const auto by_hand = [&](ValueId x, ValueId from, ValueId to, bool transposed) {
    const ValueId overlap = build.insert(tp::Moment{from, x, {}});
    const ValueId sum = build.contract(to, overlap, {p.inputs2});
    return build.add(p.matmul(build.read(p.W), x, transposed), build.mul(build.read(p.s), sum));
  };
  const ValueId expected = by_hand(build.read(p.U), r, l, false);
  const ValueId expected_back = build.mul(p.label, by_hand(spread, l, r, true));
  p.finish({build.sub(product, expected), build.sub(back, expected_back)});
  p.function().results.push_back({"product", product});
  const ir::Type type = build.type(product);
  check_verified(p.module);
  passes::distribute_products(p.module);
  check_verified(p.module);
  CHECK(p.function().type(p.function().result("product")) == type);
  for (const tp::Instruction& instruction : p.function().body) {
    CHECK((instruction.type.kind != ir::Kind::matrix || instruction.type.dims.empty()));
  }
  const Results results = run(p.module, ir::FunctionRole::loss, 3);
  CHECK(std::abs(results.at("loss")[0] - 0.25) < 1e-12);
}

TEST_CASE("a step more costs the same, not more than the one before") {
  std::vector<double> sizes;
  for (int steps : {2, 4, 8}) {
    tp::Module module = testing::adapted_module({1, Primitive::Tanh, steps});
    module.dims[3].size = 784;
    module = passes::without_inner_gradients(std::move(module));
    check_verified(module);
    sizes.push_back(static_cast<double>(module.functions.front().body.size()));
  }
  CHECK(sizes[2] - sizes[1] < 2.5 * (sizes[1] - sizes[0]));
}
