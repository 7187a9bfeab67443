#include <doctest/doctest.h>

#include <random>

#include "evaluation/interpreter/interpreter.h"
#include "ir/core/typing.h"
#include "tests/unit/evaluation/interpreter_support.h"

namespace tpc::ir::tp {

using evaluation::Batch;
using evaluation::Interpreter;
namespace {

const std::vector<int64_t> sizes{2, 3, 1, 4};

/// An array and its entries by index: the index of every dimension of the module, then the coordinate.
struct Tensor {
  int64_t width = 1;
  Type type = {};
  std::vector<double> entries = {};
  [[nodiscard]] double at(const std::vector<int64_t>& index, int64_t coordinate) const {
    return entries[static_cast<size_t>(place(index, coordinate))];
  }
  [[nodiscard]] int64_t place(const std::vector<int64_t>& index, int64_t coordinate) const {
    int64_t result = 0;
    for (DimId dim : type.dims) result = result * sizes[dim.index] + index[dim.index];
    return type.kind == Kind::vector ? result * width + coordinate : result;
  }
};

/// Sums lhs * rhs over `over` (and the coordinates) one index at a time: the definition.
std::vector<double> by_definition(const Tensor& lhs, const Tensor* rhs, const std::vector<DimId>& over, bool moment) {
  const int64_t width = lhs.width;
  Tensor result{width};
  const auto all = rhs != nullptr ? union_dims(lhs.type.dims, rhs->type.dims) : lhs.type.dims;
  const bool vector = lhs.type.kind == Kind::vector || (rhs != nullptr && rhs->type.kind == Kind::vector);
  result.type = {vector && !moment ? Kind::vector : Kind::scalar, without_dims(all, over)};
  int64_t count = result.type.kind == Kind::vector ? width : 1;
  for (DimId dim : result.type.dims) count *= sizes[dim.index];
  result.entries.assign(static_cast<size_t>(count), 0.0);
  std::vector<int64_t> index(sizes.size(), 0);
  for (int64_t combination = 0; combination < 2 * 3 * 1 * 4; ++combination) {
    int64_t rest = combination;
    bool counted = true;  // dimensions that do not occur are walked once only
    for (size_t d = 0; d < sizes.size(); ++d) {
      index[d] = rest % sizes[d];
      rest /= sizes[d];
      counted = counted && (contains_dim(all, DimId(d)) || index[d] == 0);
    }
    for (int64_t r = 0; counted && r < (vector ? width : 1); ++r) {
      const double factor = rhs != nullptr ? rhs->at(index, r) : 1.0;
      result.entries[static_cast<size_t>(result.place(index, r))] += lhs.at(index, r) * factor;
    }
  }
  return result.entries;
}

class RandomCase {
 public:
  RandomCase(std::mt19937_64& random, int64_t width) : random_(random), width_(width) {
    module_.name = "m";
    for (size_t d = 0; d < sizes.size(); ++d)
      module_.dims.push_back({std::string(1, static_cast<char>('p' + d)), sizes[d]});
    module_.functions.emplace_back().key = FunctionKey("f");
  }

  void check(bool moment) {
    const bool binary = random_() % 5 != 0;
    const int vectors = static_cast<int>(random_() % 3);
    Tensor lhs = tensor(moment || vectors == 1), rhs = tensor(moment || vectors == 2);
    std::vector<DimId> over;
    for (DimId dim : binary ? union_dims(lhs.type.dims, rhs.type.dims) : lhs.type.dims) {
      if (random_() % 2 == 0) over.push_back(dim);
    }
    Function& function = module_.functions.front();
    Builder build(module_, function);
    const ValueId left = build.read(StateId(0)), right = binary ? build.read(StateId(1)) : ValueId();
    const ValueId value = moment ? build.insert(Moment{left, right, over}) : build.insert(Contract{left, right, over});
    function.results = {{"value", value}};
    CAPTURE(print(module_));
    REQUIRE(verify(module_).empty());
    Interpreter interpreter(module_, width_, 0);
    interpreter.set_state(StateId(0), lhs.entries);
    interpreter.set_state(StateId(1), rhs.entries);
    test::check_close(interpreter.run(ir::FunctionKey("f"), {}).at("value"),
                      by_definition(lhs, binary ? &rhs : nullptr, over, moment));
  }

 private:
  /// Any subset of the dimensions in any order; its state in the module. Entries are small integers: sums are exact.
  Tensor tensor(bool vector) {
    Tensor result{width_};
    result.type.kind = vector ? Kind::vector : Kind::scalar;
    int64_t count = vector ? width_ : 1;
    for (size_t d = 0; d < sizes.size(); ++d) {
      if (random_() % 2 == 0) continue;
      result.type.dims.insert(
          result.type.dims.begin() + static_cast<std::ptrdiff_t>(random_() % (result.type.dims.size() + 1)), DimId(d));
      count *= sizes[d];
    }
    for (int64_t i = 0; i < count; ++i) result.entries.push_back(static_cast<double>(random_() % 9) - 4.0);
    State& state = module_.states.emplace_back();
    state.name = "s" + std::to_string(module_.states.size());
    state.type = result.type;
    return result;
  }

  std::mt19937_64& random_;
  int64_t width_;
  Module module_;
};

TEST_CASE("contractions and moments of any shapes agree with their definitions") {
  const unsigned seed = 3;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (const int64_t width : {5, 37}) {  // short columns are matrix products, long ones sums
    for (int round = 0; round < 300; ++round) {
      RandomCase(random, width).check(false);
      RandomCase(random, width).check(true);
    }
  }
}

}  // namespace
}  // namespace tpc::ir::tp
