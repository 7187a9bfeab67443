// Which dimensions of unknown size a function works with.
#include "ir/core/extents.h"

#include <doctest/doctest.h>

#include "ir/tp/ir.h"

namespace tpc::ir {
namespace {

TEST_CASE("a twin has a size of its own where data come with it, else that of its dimension") {
  const auto parsed = tp::parse(R"(tp module m width n
dim B = ?
dim B' = ? twin=B
dim S = ?
dim d = 3

function gram {
  %0 = input field=x : scalar[B, d]
  %1 = relabel arg=%0 from=B to=B' : scalar[B', d]
  %2 = contract lhs=%0 rhs=%1 over=[d] : scalar[B, B']
  result value = %2
}

function kernel {
  %0 = input field=x : scalar[B, d]
  %1 = input field=x twin=true : scalar[B', d]
  %2 = contract lhs=%0 rhs=%1 over=[d] : scalar[B, B']
  result kernel = %2
}

function count {
  %0 = dim_size dim=S : scalar
  result count = %0
}
)");
  REQUIRE(parsed.index() == 0);
  const auto& module = std::get<0>(parsed);
  REQUIRE(tp::verify(module).empty());
  const DimId batch(0), other(1), rows(2), fixed(3);
  const FunctionExtents gram(module, module.functions[0]);
  CHECK(gram.used() == std::vector{batch});
  CHECK(gram.of(other) == batch);
  const FunctionExtents kernel(module, module.functions[1]);
  CHECK(kernel.used() == std::vector{batch, other});
  CHECK(kernel.of(other) == other);
  CHECK(kernel.of(fixed) == fixed);
  CHECK(FunctionExtents(module, module.functions[2]).used() == std::vector{rows});
  CHECK(tp::print(module).find("input field=x twin=true : scalar[B', d]") != std::string::npos);
}

}  // namespace
}  // namespace tpc::ir
