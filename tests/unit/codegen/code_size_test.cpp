// Generated code does not grow with dimensions, and is made fast.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "codegen/codegen.h"
#include "tests/unit/codegen/harness.h"
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

/// x : [B, list] of so many elements, taken apart and put together again, as `concat` does.
std::string code_of_list(int64_t elements) {
  Playground p;
  auto& b = p.function("f");
  const ir::DimId list(p.module.dims.size());
  p.module.dims.push_back({"list", elements});
  const ir::ValueId x = b.input("x", {p.batch, list});
  ir::ValueId sum = b.constant(0.0);
  for (int64_t i = 0; i < elements; ++i) {
    const ir::ValueId place = b.insert(ir::OneHot{b.constant(static_cast<double>(i)), list});
    const ir::ValueId element = b.contract(x, place, {list});
    const ir::ValueId part = b.mul(element, place);
    sum = i == 0 ? part : b.add(sum, part);
  }
  b.function().results.push_back({"list", sum});
  return codegen::CompiledModel(p.module, {}).llvm_text();
}

size_t functions_in(const std::string& code) {
  size_t count = 0;
  for (size_t at = code.find("\ndefine "); at != std::string::npos; at = code.find("\ndefine ", at + 1)) ++count;
  return count;
}

TEST_CASE("loop nests over numbers that do the same are one function") {
  const std::string few = code_of_list(20), many = code_of_list(40);
  CHECK(functions_in(many) == functions_in(few));
  const auto lines = [](const std::string& code) { return std::count(code.begin(), code.end(), '\n'); };
  CHECK(lines(many) - lines(few) < 20 * 40);
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
