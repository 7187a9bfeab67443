// Rows picked by index and rows added in place, on the real runtime: exact values, absent rows, what is refused, and
// what a failed call leaves behind.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "codegen/codegen.h"
#include "ir/limit/ir.h"

namespace {

using namespace tpc;
using ir::DimId;
using ir::StateId;
using ir::ValueId;

ir::State some_state(std::string name, ir::Kind kind, DimId dim, ir::Init init) {
  ir::State state;
  state.name = std::move(name);
  state.type = {kind, {dim}};
  state.init = init;
  return state;
}

/// `gram` = E[V_k V_l] with V : vector[classes], and `step`, which adds s V_last to the rows of a list of two indices
/// and s to the numbers r at the same places. Its result is s.
struct Rows {
  Rows() : model(compiled()) {
    tp_options options;
    tp_default_options(&options);
    options.method = TP_METHOD_EXACT;
    options.threads = 2;
    tp_state* made = nullptr;
    REQUIRE(tp_create(model.descriptor(), &options, &made) == TP_OK);
    state.reset(made);
  }

  static codegen::JitModel compiled() {
    ir::limit::Module module;
    module.name = "rows";
    module.dims = {{"words", 3}, {"list", 2}};
    const DimId words(0), list(1);
    const StateId vectors(0), numbers(1);
    module.states = {some_state("V", ir::Kind::vector, words, {ir::InitKind::gaussian, 1.0}),
                     some_state("r", ir::Kind::scalar, words, {ir::InitKind::constant, 0.5})};
    module.functions.resize(2);
    module.functions[0].key = ir::FunctionKey("gram");
    ir::limit::Builder gram(module, module.functions[0]);
    const ValueId v = gram.read(vectors);
    module.functions[0].results = {{"norms", gram.insert(ir::limit::Expect{v, v, {}})}, {"rates", gram.read(numbers)}};
    module.functions[1].key = ir::FunctionRole::step;
    ir::limit::Builder step(module, module.functions[1]);
    const ValueId index = step.input("index", {list}), s = step.input("s", {});
    const ValueId last = step.insert(ir::Gather{step.read(vectors), step.constant(2), words});
    step.insert(ir::AddRows{vectors, step.mul(s, last), index, words});
    step.insert(ir::AddRows{numbers, s, index, words});
    module.functions[1].results = {{"loss", s}};
    codegen::JitModel jit{codegen::CompiledModel(module, {})};
    REQUIRE_MESSAGE(jit.error().empty(), jit.error());
    return jit;
  }

  int32_t step(std::vector<double> list, double s) {
    std::vector<const double*> fields;
    for (uint32_t i = 0; i < model.descriptor()->field_count; ++i) {
      fields.push_back(model.descriptor()->fields[i].name == std::string("s") ? &s : list.data());
    }
    const std::vector<int64_t> extents(model.descriptor()->extent_count, 1);
    return tp_step(state.get(), fields.data(), extents.data(), nullptr);
  }

  std::vector<double> result(uint32_t number) {
    uint32_t function = 0;
    while (model.descriptor()->functions[function].name != std::string("gram")) ++function;
    const std::vector<const double*> fields(model.descriptor()->field_count, nullptr);
    const std::vector<int64_t> extents(model.descriptor()->extent_count, 1);
    std::vector<double> values(3);
    REQUIRE(tp_call(state.get(), function, number, fields.data(), extents.data(), values.data(), nullptr, nullptr) ==
            TP_OK);
    return values;
  }

  struct Destroy {
    void operator()(tp_state* each) const { tp_destroy(each); }
  };
  codegen::JitModel model;
  std::unique_ptr<tp_state, Destroy> state;
};

void check(const std::vector<double>& got, const std::vector<double>& expected) {
  for (size_t i = 0; i < expected.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("rows that are added twice add up; an absent one is none") {
  Rows rows;
  check(rows.result(0), {1, 1, 1});
  REQUIRE(rows.step({0, 0}, 0.5) == TP_OK);  // V_0 + V_2
  check(rows.result(0), {2, 1, 1});
  check(rows.result(1), {1.5, 0.5, 0.5});
  REQUIRE(rows.step({1, -1}, 2.0) == TP_OK);  // V_1 + 2 V_2
  check(rows.result(0), {2, 5, 1});
  check(rows.result(1), {1.5, 2.5, 0.5});
  REQUIRE(rows.step({2, 2}, 1.0) == TP_OK);  // the old V_2 twice
  check(rows.result(0), {2, 5, 9});
}

TEST_CASE("an index that is no row is refused, and a failed call changes nothing") {
  Rows rows;
  for (const double index : {3.0, -2.0, 0.5}) {
    CAPTURE(index);
    CHECK(rows.step({0, index}, 1.0) == TP_INVALID_ARGUMENT);
    CHECK(std::string(tp_last_error()).find("must be a whole number from 0 to 2, or -1 for an absent one") !=
          std::string::npos);
  }
  CHECK(rows.step({0, 1}, std::numeric_limits<double>::infinity()) != TP_OK);
  check(rows.result(0), {1, 1, 1});
  check(rows.result(1), {0.5, 0.5, 0.5});
  REQUIRE(rows.step({0, 1}, 1.0) == TP_OK);  // nothing of the failed calls is left to be done
  check(rows.result(0), {2, 2, 1});
}

}  // namespace
