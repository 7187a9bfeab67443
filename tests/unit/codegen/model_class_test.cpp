// tpc/model.hpp over compiled models on the real runtime: sizes from arrays or by name, numbers, files, failures.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "codegen/codegen.h"
#include "ir/limit/ir.h"
#include "passes/update/learning_rate.h"
#include "tests/support/two_extents.h"
#include "tests/unit/codegen/network.h"
#include "tpc/model.hpp"

namespace {

using namespace tpc;
using test::RowsModel;
using test::some_numbers;

static_assert(std::is_nothrow_move_constructible_v<Model> && !std::is_copy_constructible_v<Model>);

codegen::JitModel compiled(const ir::limit::Module& module, codegen::CodegenOptions options = {}) {
  codegen::JitModel jit{codegen::CompiledModel(module, options)};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  return jit;
}

codegen::JitModel rows_model() {
  const auto parsed = ir::limit::parse(test::rows_program("limit"));
  REQUIRE(parsed.index() == 0);
  return compiled(std::get<0>(parsed));
}

/// What the failure of `call` says.
template <class Call>
std::string failure(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.status() == TP_INVALID_ARGUMENT);
    return error.what();
  }
  return "none";
}

TEST_CASE("sizes come from the arrays, and the numbers are those of the program") {
  const auto jit = rows_model();
  Model model(*jit.descriptor());
  RowsModel exact;
  const std::vector<double> support = some_numbers(6, 1), query = some_numbers(14, 2), target = some_numbers(7, 3);
  const double loss = model.step({{"support", support}, {"query", query}, {"target", target}});
  CHECK(std::fabs(loss - exact.step(support, query, target)) < 1e-12);

  const std::vector<double> expected = exact.predict(support, query);
  Model moved = std::move(model);
  const Estimate outputs = moved.predict({{"support", support}, {"query", query}});
  REQUIRE(outputs.mean.size() == expected.size());
  CHECK(outputs.error.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) CHECK(std::fabs(outputs.mean[i] - expected[i]) < 1e-12);

  const auto path = (std::filesystem::temp_directory_path() / "tpc_model_class_test.state").string();
  moved.save(path);
  const Model loaded = Model::load(*jit.descriptor(), path);
  std::filesystem::remove(path);
  CHECK(loaded.predict({{"support", support}, {"query", query}}).mean == outputs.mean);
}

TEST_CASE("what does not fit is refused with a reason, and changes nothing") {
  const auto jit = rows_model();
  Model model(*jit.descriptor());
  RowsModel exact;
  const std::vector<double> support = some_numbers(6, 1), query = some_numbers(14, 2), target = some_numbers(7, 3);
  const auto step = [&](std::vector<Field> fields, std::vector<Size> sizes = {}) {
    return failure([&] { model.step(fields, sizes); });
  };
  CHECK(step({{"label", target}}) == "the model knows no label; it knows support, query, target");
  CHECK(step({{"target", target}}, {{"B", 7}}) == "the model knows no B; it knows S, Q");
  const std::vector<double> odd = some_numbers(5, 1);
  CHECK(step({{"support", odd}}) == "the field support has 5 numbers, which the sizes of its dimensions do not give");
  CHECK(step({{"query", query}, {"target", odd}}).find("has 5 numbers") != std::string::npos);
  CHECK(step({{"support", support}, {"query", query}}, {{"Q", 9}}).find("query has 14 numbers") != std::string::npos);
  CHECK(step({{"support", support}, {"query", query}}) == "the field target, which step reads, is null");
  CHECK(failure([&] { static_cast<void>(model.predict({{"query", query}})); }) ==
        "the fields do not tell the size of S; it has to be given");
  CHECK(failure([&] { static_cast<void>(model.observe("gram", {})); }) == "the model has no observation gram");
  CHECK(failure([&] { static_cast<void>(model.learning_rate()); }).find("rate") != std::string::npos);
  const double loss = model.step({{"support", support}, {"query", query}, {"target", target}}, {{"S", 3}});
  CHECK(std::fabs(loss - exact.step(support, query, target)) < 1e-12);
}

TEST_CASE("observations by title, and the learning rate") {
  ir::limit::Module module = test::network({.inputs = 2, .outputs = 1});
  ir::SgdSettings settings = ir::SgdSettings::constant(0.5);
  settings.rate_is_settable = true;
  passes::add_rate_functions(module, settings);
  ir::limit::Function observed = *module.find(ir::FunctionRole::predict);
  observed.key = {ir::FunctionRole::observe, 3};
  module.functions.push_back(std::move(observed));
  codegen::CodegenOptions options;
  options.titles = {{3, "net(x) on train"}};
  const auto jit = compiled(module, options);

  tp_options small = Model::default_options();
  small.samples = 256;
  small.replicas = 2;
  Model model(*jit.descriptor(), small);
  const std::array x = {1.0, 0.3, -0.4, 0.8};
  CHECK(model.observations() == std::vector<std::string>{"net(x) on train"});
  CHECK(model.observe("net(x) on train", {{"x", x}}).mean == model.predict({{"x", x}}).mean);
  CHECK(failure([&] { static_cast<void>(model.observe("gram(z)", {{"x", x}})); }) ==
        "the model has no observation gram(z); it has net(x) on train");
  CHECK(failure([&] { static_cast<void>(model.predict({{"z", x}})); }) == "the model knows no z; it knows x, y");
  CHECK(model.learning_rate() == 0.5);
  model.set_learning_rate(0.125);
  CHECK(model.learning_rate() == 0.125);
  CHECK(failure([&] { model.set_learning_rate(std::nan("")); }) == "the learning rate is not a number from 0 on");
  CHECK(model.learning_rate() == 0.125);
  CHECK(tp_observe(model.get(), 0, nullptr, nullptr, nullptr, nullptr) == TP_INVALID_ARGUMENT);
}

/// kernel (x . x')^2, nngp x . x', and observed x . x' too.
constexpr const char* pair_program = R"(limit module pairs width n
dim d = 2
dim B = ?
dim B' = ? twin=B

function kernel {
  %0 x = input field=x : scalar[B, d]
  %1 x = input field=x twin=true : scalar[B', d]
  %2 = contract lhs=%0 rhs=%1 over=[d] : scalar[B, B']
  %3 = map fn=mul args=[%2, %2] : scalar[B, B']
  result kernel = %3
  result nngp = %2
}

function observe_0 {
  %0 x = input field=x : scalar[B, d]
  %1 x = input field=x twin=true : scalar[B', d]
  %2 = contract lhs=%0 rhs=%1 over=[d] : scalar[B, B']
  result value = %2
}
)";

TEST_CASE("kernels and observations of pairs of points") {
  const auto parsed = ir::limit::parse(pair_program);
  REQUIRE(parsed.index() == 0);
  codegen::CodegenOptions options;
  options.titles = {{0, "gram(x)"}};
  const auto jit = compiled(std::get<0>(parsed), options);
  const Model model(*jit.descriptor());
  const std::array x = {1.0, 2.0, -1.0, 3.0, 0.5, 0.0};
  const std::array other = {2.0, 0.0};
  CHECK(model.nngp({{"x", x}}).mean == std::vector{5.0, 5.0, 0.5, 5.0, 10.0, -0.5, 0.5, -0.5, 0.25});
  CHECK(model.nngp({{"x", x}}, {{"x", other}}).mean == std::vector{2.0, -2.0, 1.0});
  CHECK(model.kernel({{"x", x}}, {{"x", other}}).mean == std::vector{4.0, 4.0, 1.0});
  CHECK(model.observe("gram(x)", {{"x", x}}).mean == model.nngp({{"x", x}}).mean);
  CHECK(failure([&] { static_cast<void>(model.kernel({})); }) ==
        "the fields do not tell the size of B; it has to be given");
  CHECK(failure([&] { static_cast<void>(model.kernel({{"y", x}})); }) == "the model knows no y; it knows x");
  const auto rows_jit = rows_model();
  const Model rows(*rows_jit.descriptor());
  CHECK(failure([&] { static_cast<void>(rows.kernel({})); }).find("has no such function") != std::string::npos);
}

}  // namespace
