// Programs with several extents against the plain evaluator.
#include <doctest/doctest.h>

#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::Primitive;
using ir::ValueId;

/// Features of query rows minus their mean over support rows, a matrix, an update by both.
constexpr auto groups = R"(limit module groups width n
dim S = ?
dim Q = ?
dim d = 20
dim k = 3
state @U : random[d] = gaussian(1) role=input a=-1/2 b=1/2 c=0
state @W : gaussian = gaussian(1.4) role=hidden a=0 b=1/2 c=0
state @V : random[k] = gaussian(1) role=output a=1/2 b=1/2 c=0

function step {
  %0 = input field=support : scalar[S, d]
  %1 = read state=@U : random[d]
  %2 = contract lhs=%1 rhs=%0 over=[d] : random[S]
  %3 = map fn=tanh args=[%2] : random[S]
  %4 = dim_size dim=S : scalar
  %5 = contract lhs=%3 over=[S] : random
  %6 = map fn=div args=[%5, %4] : random
  %7 = input field=query : scalar[Q, d]
  %8 = contract lhs=%1 rhs=%7 over=[d] : random[Q]
  %9 = map fn=tanh args=[%8] : random[Q]
  %10 = map fn=sub args=[%9, %6] : random[Q]
  %11 = condition matrix=@W arg=%10 : random[Q]
  %12 = read state=@V : random[k]
  %13 = expect lhs=%12 rhs=%11 : scalar[k, Q]
  %14 = input field=label : scalar[Q]
  %15 = one_hot arg=%14 dim=k : scalar[Q, k]
  %16 = map fn=sub args=[%13, %15] : scalar[k, Q]
  %17 = map fn=mul args=[%16, %16] : scalar[k, Q]
  %18 = contract lhs=%17 over=[k, Q] : scalar
  %19 = dim_size dim=Q : scalar
  %20 = map fn=div args=[%18, %19] : scalar
  %21 = contract lhs=%12 rhs=%16 over=[k] : random[Q]
  %22 = append matrix=@W coefficient=%20 left=%21 right=%10
  %23 = contract lhs=%9 rhs=%16 over=[Q] : random[k]
  %24 = map fn=sub args=[%12, %23] : random[k]
  %25 = write state=@V value=%24
  %26 = expect lhs=%3 rhs=%9 : scalar[S, Q]
  result loss = %20
  result f = %13
  result both = %26
}
)";

TEST_CASE("support and query rows of different numbers, and others from call to call") {
  const auto parsed = ir::limit::parse(groups);
  const auto* module = std::get_if<ir::limit::Module>(&parsed);
  REQUIRE(module != nullptr);
  for (const auto& [support, query] : {std::pair<int64_t, int64_t>{3, 7}, {6, 2}, {1, 40}}) {
    CAPTURE(support);
    CAPTURE(query);
    check_function(*module, "step", 1, std::map<std::string, int64_t>{{"S", support}, {"Q", query}});
  }
}

TEST_CASE("memory that both sides of pairs use in turn is enough for the side with more points") {
  Playground p;
  auto& b = p.function("kernel");
  const auto side = [&](bool twin, ir::DimId points) {
    ValueId z = b.contract(b.read(p.weights), b.input(ir::Input{"x", twin}, {points, p.inputs}), {p.inputs});
    for (int layer = 0; layer < 3; ++layer) {
      z = b.insert(ir::limit::Condition{p.matrix, b.map(Primitive::Tanh, {z}), false});
    }
    return z;
  };
  const ValueId rows = side(false, p.batch), columns = side(true, p.other_batch);
  b.function().results.push_back({"kernel", b.insert(ir::limit::Expect{rows, columns, {}})});
  for (const auto& [count, others] : {std::pair<int64_t, int64_t>{3, 9}, {9, 3}, {4, 4}}) {
    CAPTURE(count);
    check_function(p.module, "kernel", 2, std::map<std::string, int64_t>{{"B", count}, {"B'", others}});
  }
}

TEST_CASE("an index of examples that stay apart is found, and none where they meet") {
  const auto example_extent = [](auto build) {
    Playground p;
    auto& b = p.function("predict");
    const ValueId x = b.input("x", {p.batch, p.inputs});
    b.function().results.push_back({"f", build(p, b, b.contract(x, {}, {p.inputs}))});
    return compile(p.module).descriptor()->functions[0].example_extent;
  };
  using Builder = ir::limit::Builder;
  CHECK(example_extent([](Playground&, Builder& b, ValueId f) { return b.map(Primitive::Tanh, {f}); }) == 1);
  CHECK(example_extent([](Playground& p, Builder& b, ValueId f) { return b.div(f, b.contract(f, {}, {p.batch})); }) ==
        0);
  CHECK(example_extent([](Playground& p, Builder& b, ValueId f) { return b.mul(f, b.insert(ir::DimSize{p.batch})); }) ==
        0);
  CHECK(example_extent([](Playground& p, Builder& b, ValueId f) {
          return b.mul(f, b.insert(ir::Relabel{f, p.batch, p.other_batch}));
        }) == 0);
  CHECK(example_extent([](Playground& p, Builder& b, ValueId f) { return b.contract(f, {}, {p.batch}); }) == 0);
}

}  // namespace
