// Two extents in one program: batches of data with sizes of their own, in the interpreter and in compiled code.
#include <doctest/doctest.h>

#include <cmath>

#include "base/diag/check.h"
#include "codegen/codegen.h"
#include "evaluation/compiled/runtime_state.h"
#include "evaluation/interpreter/interpreter.h"
#include "ir/limit/ir.h"
#include "tests/support/two_extents.h"

namespace tpc {
namespace {

using ir::FunctionRole;
using test::RowsModel;
using test::some_numbers;

struct Sizes {
  size_t support, query;
};
constexpr Sizes changing[] = {{3, 7}, {7, 3}, {1, 4}, {5, 5}};

tpc::evaluation::Batch batch_of(const Sizes& sizes, size_t seed) {
  return {0,
          {{"support", some_numbers(2 * sizes.support, seed)},
           {"query", some_numbers(2 * sizes.query, seed + 1)},
           {"target", some_numbers(sizes.query, seed + 2)}},
          {{"S", static_cast<int64_t>(sizes.support)}, {"Q", static_cast<int64_t>(sizes.query)}}};
}

void check_close(const std::vector<double>& values, const std::vector<double>& expected) {
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(std::fabs(values[i] - expected[i]) < 1e-12);
}

/// What is said about a call that cannot be.
template <class Call>
std::string complaint(const Call& call) {
  try {
    call();
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

void check_says(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, text);
}

/// run(role, batch): the one result of the function. Outputs and losses at every size, trained from one to the next.
template <class Run>
void check_follows_exactly(Run&& run) {
  RowsModel exact;
  size_t seed = 0;
  for (const Sizes& sizes : changing) {
    tpc::evaluation::Batch batch = batch_of(sizes, ++seed);
    const auto& support = batch.fields["support"];
    const auto& query = batch.fields["query"];
    check_close(run(FunctionRole::predict, batch), exact.predict(support, query));
    check_close(run(FunctionRole::step, batch), {exact.step(support, query, batch.fields["target"])});
  }
}

TEST_CASE("the interpreter takes support and query rows of different numbers, others at every call") {
  const auto parsed = ir::tp::parse(test::rows_program("tp"));
  REQUIRE(parsed.index() == 0);
  REQUIRE(ir::tp::verify(std::get<0>(parsed)).empty());
  tpc::evaluation::Interpreter network(std::get<0>(parsed), 4, 1);
  check_follows_exactly([&](FunctionRole role, const tpc::evaluation::Batch& batch) {
    return network.run(role, batch).at(role == FunctionRole::predict ? "output" : "loss");
  });
  tpc::evaluation::Batch batch = batch_of({3, 7}, 1);
  batch.extents["Q"] = 6;
  check_says(complaint([&] { network.run(FunctionRole::step, batch); }),
             "the field query has 14 values, which are not those of [Q = 6, d = 2]");
  batch.extents.erase("Q");
  check_says(complaint([&] { network.run(FunctionRole::step, batch); }), "the batch does not say the size of Q");
}

TEST_CASE("compiled code takes them too, and names what does not fit") {
  const auto parsed = ir::limit::parse(test::rows_program("limit"));
  REQUIRE(parsed.index() == 0);
  const codegen::JitModel jit{codegen::CompiledModel(std::get<0>(parsed), {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  evaluation::RuntimeState state(*jit.descriptor(), {}, {});
  check_follows_exactly(
      [&](FunctionRole role, const tpc::evaluation::Batch& batch) { return state.call(role, batch).values; });
  tpc::evaluation::Batch batch = batch_of({3, 7}, 1);
  batch.extents["Q"] = 6;
  check_says(complaint([&] { state.call(FunctionRole::step, batch); }), "the field query has 14 values instead of 12");
  batch.extents["Q"] = 0;
  batch.fields["query"].clear();
  batch.fields["target"].clear();
  check_says(complaint([&] { state.call(FunctionRole::step, batch); }), "the size of Q must be 1 to 2^24, not 0");
  batch.extents.erase("Q");
  check_says(complaint([&] { state.call(FunctionRole::step, batch); }), "the batch does not say the size of Q");
}

}  // namespace
}  // namespace tpc
