/// \file What planning a function once must not change: where values lie is nobody's business.
#include <doctest/doctest.h>

#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "evaluation/interpreter/value_places.h"
#include "tests/unit/evaluation/interpreter_support.h"

namespace tpc::ir::tp {

using evaluation::Batch;
using evaluation::Interpreter;
namespace {

using test::check_close;
using test::parsed;
using Numbers = std::vector<double>;

const char* const states_change_places = R"(tp module m width n
dim d = 2
state @a : vector[d] = constant(1) role=input a=0 b=0 c=0
state @b : vector[d] = constant(2) role=input a=0 b=0 c=0
state @c : vector[d] = constant(3) role=input a=0 b=0 c=0
state @e : vector[d] = constant(4) role=input a=0 b=0 c=0
function f {
  %0 = read state=@a : vector[d]
  %1 = read state=@b : vector[d]
  %2 = map fn=add args=[%0, %1] : vector[d]
  %3 = write state=@a value=%1
  %4 = write state=@b value=%0
  %5 = write state=@c value=%2
  %6 = write state=@e value=%2
  %7 = map fn=mul args=[%2, %2] : vector[d]
  result product = %7
}
)";

TEST_CASE("states change places, and one value becomes two states") {
  Interpreter interpreter(parsed(states_change_places), 3, 0);
  for (const double first : {1.0, 2.0, 1.0}) {  // called again with the memory of the states before
    check_close(interpreter.run(ir::FunctionKey("f"), {})["product"], Numbers(6, 9.0));
    check_close(interpreter.state(StateId(0)), Numbers(6, 3.0 - first));
    check_close(interpreter.state(StateId(1)), Numbers(6, first));
    check_close(interpreter.state(StateId(2)), Numbers(6, 3.0));
    check_close(interpreter.state(StateId(3)), Numbers(6, 3.0));
  }
  interpreter.set_state(StateId(2), Numbers(6, 0.0));
  check_close(interpreter.state(StateId(3)), Numbers(6, 3.0));
}

TEST_CASE("rows to be added are those from before the step, wherever they lie") {
  Interpreter interpreter(parsed(R"(tp module m width n
dim d = 2
state @U : vector[d] = constant(1) role=input a=0 b=0 c=0
state @v : vector = constant(5) role=vector a=0 b=0 c=0
function f {
  %0 = constant value=1 : scalar
  %1 = read state=@v : vector
  %2 = map fn=add args=[%1, %0] : vector
  %3 = write state=@v value=%2
  %4 = add_rows state=@U value=%1 index=%0 dim=d
}
)"),
                          2, 0);
  interpreter.run(ir::FunctionKey("f"), {});
  check_close(interpreter.state(StateId(0)), {1, 1, 6, 6});
  interpreter.run(ir::FunctionKey("f"), {});
  check_close(interpreter.state(StateId(0)), {1, 1, 12, 12});
  check_close(interpreter.state(StateId(1)), {7, 7});
}

/// Maps of maps: with an argument used twice, numbers for vectors, dimensions that an argument lacks or has elsewhere.
const char* const maps_of_maps = R"(tp module m width n
dim B = ?
dim d = 3
state @v : vector[d] = gaussian(1) role=input a=0 b=0 c=0
function f {
  %0 = input field=x : scalar[B, d]
  %1 = read state=@v : vector[d]
  %2 = map fn=mul args=[%0, %1] : vector[B, d]
  %3 = map fn=tanh args=[%2] : vector[B, d]
  %4 = map fn=add args=[%3, %2] : vector[B, d]
  %5 = map fn=mul args=[%4, %0] : vector[B, d]
  %6 = map fn=neg args=[%1] : vector[d]
  %7 = map fn=sub args=[%5, %6] : vector[B, d]
  %8 = contract lhs=%7 over=[d] : vector[B]
  %9 = map fn=mul args=[%8, %8] : vector[B]
  %10 = contract lhs=%0 over=[B] : scalar[d]
  %11 = map fn=mul args=[%10, %0] : scalar[d, B]
  %12 = map fn=neg args=[%11] : scalar[d, B]
  result squares = %9
  result scaled = %12
}
)";

TEST_CASE("maps of maps, for one size of batch after the other") {
  const Module module = parsed(maps_of_maps);
  constexpr size_t width = 700;  // longer than what is evaluated at a time
  Interpreter interpreter(module, width, 3);
  const Numbers v = interpreter.state(StateId(0));
  for (const size_t count : {2, 5, 1, 2, 3, 4, 6, 7, 2}) {
    Numbers x, squares, scaled;
    for (size_t i = 0; i < 3 * count; ++i) x.push_back(std::cos(static_cast<double>(i + count)));
    for (size_t b = 0; b < count; ++b) {
      for (size_t i = 0; i < width; ++i) {
        double sum = 0.0;
        for (size_t d = 0; d < 3; ++d) {
          const double entry = v[d * width + i], product = x[b * 3 + d] * entry;
          sum += (std::tanh(product) + product) * x[b * 3 + d] + entry;
        }
        squares.push_back(sum * sum);
      }
    }
    for (size_t d = 0; d < 3; ++d) {
      double sum = 0.0;
      for (size_t b = 0; b < count; ++b) sum += x[b * 3 + d];
      for (size_t b = 0; b < count; ++b) scaled.push_back(-sum * x[b * 3 + d]);
    }
    auto results = interpreter.run(ir::FunctionKey("f"), {static_cast<int64_t>(count), {{"x", x}}});
    check_close(results["squares"], squares);
    check_close(results["scaled"], scaled);
  }
}

TEST_CASE("memory is bounded by what is alive, and maps that one map uses need none") {
  std::string text = "tp module m width n\ndim B = 10\nfunction f {\n  %0 = input field=x : scalar[B]\n";
  int last = 0;
  for (int i = 1; i <= 40; ++i, ++last) {  // alternately a sum that stays as it is, and a map
    const std::string argument = std::to_string(last);
    text += "  %" + std::to_string(i) +
            (i % 2 == 0 ? " = softmax arg=%" + argument + " over=B" : " = map fn=exp args=[%" + argument + "]") +
            " : scalar[B]\n";
  }
  const Module module = parsed(text + "  result value = %40\n}\n");
  using namespace evaluation::interpreter;
  const Sizes sizes({10});
  const ValuePlaces places(module, module.functions.front(), 4, sizes, MapFusion::whole_trees);
  CHECK(places.slot_sizes.size() <= 2);

  const Module maps = parsed(maps_of_maps);
  const ValuePlaces fused(maps, maps.functions.front(), 4, Sizes({2, 3}), MapFusion::whole_trees);
  for (const size_t inside : {3, 4, 5, 11}) CHECK(fused.fused[inside]);
  for (const size_t alone : {2, 6, 7, 9, 12}) CHECK_FALSE(fused.fused[alone]);  // used twice; another shape; no map's
}

}  // namespace
}  // namespace tpc::ir::tp
