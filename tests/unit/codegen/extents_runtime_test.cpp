// A compiled program with two extents on the real runtime, and models without random variables.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>

#include "codegen/codegen.h"
#include "ir/limit/ir.h"
#include "tests/support/two_extents.h"
#include "tpc/runtime.h"

namespace {

using namespace tpc;
using test::RowsModel;
using test::some_numbers;

codegen::JitModel rows_model() {
  const auto parsed = ir::limit::parse(test::rows_program("limit"));
  REQUIRE(parsed.index() == 0);
  codegen::JitModel jit{codegen::CompiledModel(std::get<0>(parsed), {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  return jit;
}

struct State {
  explicit State(const codegen::JitModel& jit, const tp_options* options = nullptr) {
    REQUIRE_MESSAGE(tp_create(jit.descriptor(), options, &handle) == TP_OK, tp_last_error());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { tp_destroy(handle); }
  tp_state* handle = nullptr;
};

/// Data of S support and Q query rows, as a call takes them.
struct Call {
  Call(int64_t support_rows, int64_t query_rows, size_t seed)
      : support(some_numbers(static_cast<size_t>(2 * support_rows), seed)),
        query(some_numbers(static_cast<size_t>(2 * query_rows), seed + 1)),
        target(some_numbers(static_cast<size_t>(query_rows), seed + 2)),
        extents{support_rows, query_rows},
        fields{support.data(), query.data(), target.data()} {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  std::vector<double> support, query, target;
  int64_t extents[2];
  const double* fields[3];
};

void check_predictions(const tp_state* state, const Call& call, const RowsModel& exact) {
  const std::vector<double> expected = exact.predict(call.support, call.query);
  std::vector<double> f(expected.size());
  REQUIRE_MESSAGE(tp_predict(state, call.fields, call.extents, f.data(), nullptr) == TP_OK, tp_last_error());
  for (size_t i = 0; i < f.size(); ++i) CHECK(std::fabs(f[i] - expected[i]) < 1e-12);
}

void train(tp_state* state, const Call& call, RowsModel& exact) {
  double loss = 0.0;
  REQUIRE_MESSAGE(tp_step(state, call.fields, call.extents, &loss) == TP_OK, tp_last_error());
  CHECK(std::fabs(loss - exact.step(call.support, call.query, call.target)) < 1e-12);
}

TEST_CASE("the descriptor lists the extents and who has them") {
  const auto jit = rows_model();
  const tp_model_descriptor& model = *jit.descriptor();
  REQUIRE(model.extent_count == 2);
  CHECK(model.extents[0].name == std::string("S"));
  CHECK(model.extents[1].name == std::string("Q"));
  REQUIRE(model.field_count == 3);
  CHECK(model.fields[0].extents[0] == 0);  // support
  CHECK(model.fields[0].size == 2);
  CHECK(model.fields[2].extents[0] == 1);  // target
  CHECK(model.functions[0].extent_count == 2);
  CHECK(model.functions[0].example_extent == 2);  // each query row on its own, all support rows together
  CHECK(model.functions[0].results[0].extents[0] == 1);
  CHECK(model.functions[1].example_extent == 0);
  CHECK(model.functions[1].results[0].extent_count == 0);
}

TEST_CASE("support and query rows are as many as each call says, after a saved state too") {
  const auto jit = rows_model();
  State state(jit);
  RowsModel exact;
  train(state.handle, Call(3, 7, 1), exact);
  train(state.handle, Call(8, 2, 2), exact);
  const auto path = (std::filesystem::temp_directory_path() / "tpc_extents_test.state").string();
  REQUIRE(tp_save(state.handle, path.c_str()) == TP_OK);
  tp_state* loaded = nullptr;
  REQUIRE_MESSAGE(tp_load(jit.descriptor(), path.c_str(), &loaded) == TP_OK, tp_last_error());
  std::filesystem::remove(path);
  const std::unique_ptr<tp_state, void (*)(tp_state*)> owner(loaded, tp_destroy);
  train(loaded, Call(1, 5, 3), exact);
  check_predictions(loaded, Call(2, 3, 4), exact);
  check_predictions(loaded, Call(5, 150, 5), exact);  // more query rows than one block has
}

TEST_CASE("sizes and numbers that cannot be are refused by name, and change nothing") {
  const auto jit = rows_model();
  State state(jit);
  double loss = 0.0;
  const auto refusal = [&](int64_t support, int64_t query, const Call& call) {
    const int64_t extents[] = {support, query};
    CHECK(tp_step(state.handle, call.fields, extents, &loss) == TP_INVALID_ARGUMENT);
    return std::string(tp_last_error());
  };
  Call call(3, 7, 1);
  CHECK(refusal(0, 7, call) == "the size of S must be 1 to 2^24, not 0");
  CHECK(refusal(3, -1, call) == "the size of Q must be 1 to 2^24, not -1");
  CHECK(refusal(3, int64_t{1} << 40, call) == "the size of Q must be 1 to 2^24, not 1099511627776");
  call.query[5] = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal(3, 7, call) == "field query, example 3: not a finite number");
  CHECK(tp_step(state.handle, call.fields, nullptr, &loss) == TP_INVALID_ARGUMENT);
  CHECK(std::string(tp_last_error()) == "the table of extents is null");
  RowsModel exact;
  train(state.handle, Call(3, 7, 1), exact);
}

TEST_CASE("a model without random variables has one replica and hardly a sample, whatever is asked for") {
  const auto jit = rows_model();
  for (const tp_method method : {TP_METHOD_QMC, TP_METHOD_MC, TP_METHOD_QUADRATURE, TP_METHOD_EXACT}) {
    tp_options options;
    tp_default_options(&options);
    options.method = method;
    options.samples = 100000;
    options.replicas = 7;
    State state(jit, &options);
    CHECK(tp_replica_count(state.handle) == 1);
    CHECK(tp_sample_count(state.handle) == 64);
    CHECK(tp_pairs_replica_count(jit.descriptor(), &options, 0) == 1);
    RowsModel exact;
    train(state.handle, Call(3, 7, 1), exact);
  }
}

}  // namespace
