#include <doctest/doctest.h>

#include <random>

#include "evaluation/interpreter/interpreter.h"
#include "tests/unit/evaluation/interpreter_support.h"

namespace tpc::ir::tp {

using evaluation::Batch;
using evaluation::Interpreter;
namespace {

using Numbers = std::vector<double>;
constexpr size_t width = 7;

Numbers product(const Numbers& matrix, const Numbers& vectors, bool transposed) {
  Numbers result(vectors.size(), 0.0);
  for (size_t column = 0; column < vectors.size() / width; ++column) {
    for (size_t i = 0; i < width; ++i) {
      for (size_t j = 0; j < width; ++j) {
        const double entry = transposed ? matrix[j * width + i] : matrix[i * width + j];
        result[column * width + i] += entry * vectors[column * width + j];
      }
    }
  }
  return result;
}

Numbers combined(double p, const Numbers& a, double q, const Numbers& b) {
  Numbers result(a.size());
  for (size_t i = 0; i < a.size(); ++i) result[i] = p * a[i] + q * b[i];
  return result;
}

/// sum_p left_p (x) right_p over the columns.
Numbers outer(const Numbers& left, const Numbers& right) {
  Numbers result(width * width, 0.0);
  for (size_t p = 0; p < left.size() / width; ++p) {
    for (size_t i = 0; i < width; ++i) {
      for (size_t j = 0; j < width; ++j) result[i * width + j] += left[p * width + i] * right[p * width + j];
    }
  }
  return result;
}

/// A module with two matrices and two panels whose finite dimensions are in different orders.
struct Fixture {
  Module module = test::parsed(
      "tp module m width n\ndim p = 2\ndim q = 3\n"
      "state @A : matrix = gaussian(1) role=hidden a=0 b=1/2 c=0\n"
      "state @B : matrix = gaussian(1) role=hidden a=0 b=1/2 c=0\n"
      "state @left : vector[p, q] = gaussian(1) role=input a=0 b=0 c=0\n"
      "state @right : vector[p, q] = gaussian(1) role=input a=0 b=0 c=0\n"
      "state @turned : vector[q, p] = gaussian(1) role=input a=0 b=0 c=0\nfunction f {\n}\n");
  Builder build{module, module.functions.front()};
  Interpreter fresh{module, width, 9};
  ValueId a = build.read(StateId(0)), b = build.read(StateId(1));
  ValueId left = build.read(StateId(2)), right = build.read(StateId(3)), turned = build.read(StateId(4));
  Numbers value(size_t state) { return fresh.state(StateId(state)); }
  ValueId outer_of(ValueId l, ValueId r) { return build.insert(Outer{l, r}); }
  void result(ValueId id) {
    module.functions.front().results.push_back({std::to_string(module.functions.front().results.size()), id});
  }
};

TEST_CASE_FIXTURE(Fixture, "sums, differences and multiples of matrices, and their products") {
  const ValueId two = build.constant(2.0), three = build.constant(3.0);
  const ValueId panel = outer_of(left, right);
  // M = 3 (A - 2 left (x) right) - (B - A)
  const ValueId matrix = build.sub(build.mul(three, build.sub(a, build.mul(panel, two))), build.add(b, build.neg(a)));
  result(matrix);
  result(build.insert(Matmul{matrix, left, false}));
  result(build.insert(Matmul{matrix, left, true}));
  result(build.insert(Matmul{panel, right, true}));
  result(panel);
  REQUIRE(verify(module).empty());
  const Numbers dense_panel = outer(value(2), value(3));
  const Numbers dense = combined(1.0, combined(4.0, value(0), -6.0, dense_panel), -1.0, value(1));
  auto results = Interpreter(module, width, 9).run(ir::FunctionKey("f"), {});
  test::check_close(results["0"], dense);
  test::check_close(results["1"], product(dense, value(2), false));
  test::check_close(results["2"], product(dense, value(2), true));
  test::check_close(results["3"], product(dense_panel, value(3), true));
  test::check_close(results["4"], dense_panel);
}

TEST_CASE_FIXTURE(Fixture, "an outer product pairs finite indices by dimension, not by position") {
  result(outer_of(left, turned));
  Numbers turned_back(6 * width);
  const Numbers entries = value(4);
  for (size_t p = 0; p < 2; ++p) {
    for (size_t q = 0; q < 3; ++q) {
      for (size_t r = 0; r < width; ++r) turned_back[(p * 3 + q) * width + r] = entries[(q * 2 + p) * width + r];
    }
  }
  test::check_close(Interpreter(module, width, 9).run(ir::FunctionKey("f"), {})["0"], outer(value(2), turned_back));
}

TEST_CASE_FIXTURE(Fixture, "writing a lazy matrix: in place, scaled, from another matrix, without any") {
  Numbers expected_a, expected_b;
  const Numbers panel = outer(value(2), value(3));
  SUBCASE("update in place") {
    build.write(StateId(0), build.sub(a, build.mul(build.constant(0.5), outer_of(left, right))));
    expected_a = combined(1.0, value(0), -0.5, panel);
    expected_b = value(1);
  }
  SUBCASE("decay and update") {
    build.write(StateId(0), build.add(build.mul(build.constant(0.9), a), outer_of(left, right)));
    build.write(StateId(1), build.add(b, a));
    expected_a = combined(0.9, value(0), 1.0, panel);
    expected_b = combined(1.0, value(1), 1.0, value(0));
  }
  SUBCASE("from the other and from nothing") {
    build.write(StateId(0), b);
    build.write(StateId(1), outer_of(left, right));
    expected_a = value(1);
    expected_b = panel;
  }
  REQUIRE(verify(module).empty());
  Interpreter interpreter(module, width, 9);
  interpreter.run(ir::FunctionKey("f"), {});
  test::check_close(interpreter.state(StateId(0)), expected_a);
  test::check_close(interpreter.state(StateId(1)), expected_b);
}

}  // namespace
}  // namespace tpc::ir::tp
