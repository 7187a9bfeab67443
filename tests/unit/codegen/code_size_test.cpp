// Generated code does not grow with dimensions, and is made fast.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "codegen/codegen.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;

std::ptrdiff_t lines_for(int64_t inputs, int64_t outputs) {
  const std::string text =
      codegen::CompiledModel(network({inputs, outputs, 3, ir::Primitive::Tanh, 0.1}), {}).llvm_text();
  return std::count(text.begin(), text.end(), '\n');
}

TEST_CASE("the size of the code depends on neither inputs nor outputs") {
  CHECK(lines_for(784, 10) == lines_for(1568, 10));
  CHECK(lines_for(784, 10) == lines_for(784, 5));
  CHECK(lines_for(8, 10) == lines_for(16, 10));  // fused instead of a matrix product
}

TEST_CASE("a network with 784 inputs and three hidden layers is compiled in a blink") {
  const auto module = network({784, 10, 3, ir::Primitive::Tanh, 0.1});
  const std::clock_t start = std::clock();  // of this process: other work on the machine does not count
  codegen::JitModel jit{codegen::CompiledModel(module, {})};
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  MESSAGE("compiled in " << seconds << " s");
  CHECK(seconds < 0.5);
}

}  // namespace
