// Several widths at sample points: which vectors live on a share of the points, and what stands beside their products.
#include "passes/limit/shares_of_points.h"

#include <doctest/doctest.h>

#include <cmath>

#include "ir/limit/ir.h"

namespace tpc {
namespace {

ir::limit::Module module_of(const std::string& states) {
  const auto parsed = ir::limit::parse("limit module m width n\n" + states + R"(
function observe_1 {
  %0 = read state=@u : random
  %1 = condition matrix=@W arg=%0 : random
  %2 = map fn=tanh args=[%1] : random
  %3 = condition matrix=@W arg=%2 transposed=true : random
  %4 = expect lhs=%3 rhs=%0 : scalar
  %5 = expect lhs=%2 : scalar
  %6 = map fn=mul args=[%4, %5] : scalar
  result value = %6
}
)");
  const auto* module = std::get_if<ir::limit::Module>(&parsed);
  REQUIRE(module != nullptr);
  REQUIRE(ir::limit::verify(*module).empty());
  return *module;
}

const char* const vector_state = "state @u : random = gaussian(1) role=vector a=0 b=0 c=0\n";
const char* const matrix_state = "state @W : gaussian = gaussian(1.5) role=hidden a=0 b=1/2 c=0 scale=-1/2";

TEST_CASE("one width: nothing changes") {
  const auto module = module_of(std::string(vector_state) + matrix_state + "\n");
  CHECK(passes::on_shares_of_points(module).functions.front().body.size() == module.functions.front().body.size());
  CHECK(ir::limit::print(passes::on_shares_of_points(module)) == ir::limit::print(module));
}

TEST_CASE("a square matrix of another width is one of the width, of another size") {
  const auto source =
      module_of(std::string(vector_state).replace(std::string(vector_state).size() - 1, 1, " rows=4\n") + matrix_state +
                " rows=4 columns=4\n");
  const auto module = passes::on_shares_of_points(source);
  CHECK(module.functions.front().body.size() == source.functions.front().body.size());
  CHECK(module.states[1].init.value == doctest::Approx(1.5 / 2));
  CHECK(module.states[1].rows == ir::Rational(1));
}

TEST_CASE("a matrix that is not square: the shorter vectors live on a share of the points") {
  const auto module = passes::on_shares_of_points(module_of(std::string(vector_state) + matrix_state + " rows=4\n"));
  CHECK(ir::limit::verify(module).empty());
  REQUIRE(module.states.size() == 3);
  CHECK(module.states[2].init == ir::Init{ir::InitKind::share, 0.25});
  // sigma^2 r_max = sigma^2 4: with x on a quarter of the points, Var(W x) = sigma^2 E[x^2] again
  CHECK(module.states[1].init.value == doctest::Approx(3.0));
  size_t reads = 0, expectations = 0;
  for (const auto& instruction : module.functions.front().body) {
    const auto* read = std::get_if<ir::Read>(&instruction.op);
    reads += read != nullptr && read->state == ir::StateId(2) ? 1 : 0;
    expectations += std::holds_alternative<ir::limit::Expect>(instruction.op) ? 1 : 0;
  }
  CHECK(reads == 3);         // before W u, before the expectation of vectors of n, and for the size of the share
  CHECK(expectations == 3);  // that of vectors of 4 n needs no share
}

}  // namespace
}  // namespace tpc
