// Random well-typed programs: whatever mixture of phases, loop groups and buffers they lead to, the compiled code and
// the plain evaluator agree.
#include <doctest/doctest.h>

#include <cmath>

#include "ir/core/typing.h"
#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::ValueId;

/// Grows a function by random instructions of bounded size and bounded values.
class Generator {
 public:
  Generator(Playground& playground, uint64_t seed) : p_(playground), random_(seed), b_(playground.function("f")) {}

  void run() {
    for (const ir::StateId state : {p_.weights, p_.readout, p_.bias, p_.other_bias, p_.table, p_.rates}) {
      keep(ir::Read{state});
    }
    keep(ir::limit::Unit{});
    values_.push_back(b_.input("x", {p_.batch, p_.inputs}));
    values_.push_back(b_.input("y", {p_.batch, p_.classes}));
    values_.push_back(b_.input("s", {p_.batch}));
    indices_ = {b_.input("index", {p_.batch}), b_.input("index list", {p_.batch, p_.pair})};
    while (values_.size() < 40) add_one();
    finish();
  }

 private:
  size_t below(size_t count) { return random_() % count; }
  ValueId any() { return values_[values_.size() - 1 - below(std::min<size_t>(values_.size(), below(2) ? 8 : 40))]; }
  const ir::Type& type(ValueId id) { return b_.type(id); }

  int64_t rows(const std::vector<DimId>& dims) const {
    int64_t product = 1;
    for (DimId dim : dims) product *= p_.module.dim(dim).size.value_or(5);
    return product;
  }
  bool keep(ir::limit::Op op) {
    const auto typing = infer_type(p_.module, b_.function(), op);
    if (!typing.type || rows(typing.type->dims) > 600) return false;
    values_.push_back(b_.insert(std::move(op)));
    return true;
  }
  std::vector<DimId> some_dims(ValueId lhs, ValueId rhs) {
    std::vector<DimId> result;
    for (DimId dim : rhs.valid() ? ir::union_dims(type(lhs).dims, type(rhs).dims) : type(lhs).dims) {
      if (below(2)) result.push_back(dim);
    }
    return result;
  }
  /// Keeps values of order one: tanh of a tenth.
  void bound_last() {
    const ValueId scaled = b_.mul(values_.back(), b_.constant(0.1));
    values_.back() = b_.map(Primitive::Tanh, {scaled});
  }

  void add_one() {
    constexpr Primitive binary[] = {Primitive::Add, Primitive::Sub, Primitive::Mul};
    constexpr Primitive unary[] = {Primitive::Tanh,    Primitive::Sin, Primitive::Erf,
                                   Primitive::Relu,    Primitive::Neg, Primitive::Abs,
                                   Primitive::Sigmoid, Primitive::Cos, Primitive::Softplus};
    const ValueId lhs = any();
    const ValueId rhs = below(5) ? any() : ValueId{};
    switch (below(11)) {
      case 0:
      case 1: keep(ir::Map{unary[below(std::size(unary))], {lhs}, 0}); break;
      case 2:
      case 3:
        if (rhs.valid()) keep(ir::Map{binary[below(std::size(binary))], {lhs, rhs}, 0});
        break;
      case 4:
        if (keep(ir::Contract{lhs, rhs, some_dims(lhs, rhs)})) bound_last();
        break;
      case 5:
      case 6:
        if (keep(ir::limit::Expect{lhs, rhs, some_dims(lhs, rhs)})) bound_last();
        break;
      case 7: {
        const std::pair<DimId, DimId> twins[] = {
            {p_.batch, p_.other_batch}, {p_.inputs, p_.other_inputs}, {p_.pair, p_.other_pair}};
        const auto& [from, to] = twins[below(std::size(twins))];
        keep(ir::Relabel{lhs, from, to});
        break;
      }
      case 8: keep_rows(lhs); break;
      default:
        if (below(2)) {
          keep(ir::limit::Condition{p_.matrix, lhs, below(2) == 0});
        } else {
          keep(ir::limit::Accumulated{p_.matrix, lhs, below(2) == 0});
        }
    }
  }

  /// Rows along the classes, which are as many as indices tell apart.
  void keep_rows(ValueId of) {
    const ValueId index = indices_[below(2)];
    switch (below(4)) {
      case 0: keep(ir::Present{index}); break;
      case 1: keep(ir::FirstOccurrence{index, below(2) ? std::vector{indices_[0]} : std::vector<ValueId>{}}); break;
      case 2:
        if (keep(ir::Scatter{of, index, p_.classes, some_dims(of, index)})) bound_last();
        break;
      default: keep(ir::Gather{of, index, p_.classes});
    }
  }

  /// Every number becomes a result; random variables are written where they fit, or averaged.
  void finish() {
    const bool adds_to_table = below(2) == 0;  // a state is written or added to
    const ir::StateId states[] = {p_.weights, adds_to_table ? p_.readout : p_.table, p_.bias};
    const ir::StateId added = adds_to_table ? p_.table : p_.readout, added_numbers = p_.rates;
    std::vector<bool> written(p_.module.states.size(), false);
    const auto all = values_;
    for (ValueId id : all) {
      for (ir::StateId state : states) {
        if (!written[state.index] && id.index > 6 && type(id) == p_.module.state(state).type && below(2)) {
          b_.write(state, id);
          written[state.index] = true;
        }
      }
      const ir::StateId added_to = type(id).kind == Kind::vector ? added : added_numbers;
      const ir::limit::Op rows = ir::AddRows{added_to, id, indices_[below(2)], p_.classes};
      if (below(4) == 0 && infer_type(p_.module, b_.function(), rows).type) b_.insert(rows);
      if (type(id).kind == Kind::vector && !type(id).dims.empty() && below(4) == 0) {
        b_.insert(ir::limit::Append{p_.matrix, b_.constant(0.5), id, id});
      }
      const bool random = type(id).kind == Kind::vector;
      if (random && below(3)) continue;
      const ValueId number = random ? b_.insert(ir::limit::Expect{id, {}, {}}) : id;
      b_.function().results.push_back({"r" + std::to_string(id.index), number});
    }
  }

  Playground& p_;
  std::mt19937_64 random_;
  ir::limit::Builder& b_;
  std::vector<ValueId> values_;
  std::vector<ValueId> indices_;
};

TEST_CASE("random programs compute what the plain evaluator computes") {
  constexpr uint64_t first_seed = 1000;
  for (uint64_t seed = first_seed; seed < first_seed + 40; ++seed) {
    CAPTURE(seed);
    Playground playground;
    Generator(playground, seed).run();
    for (const std::string& problem : ir::limit::verify(playground.module)) FAIL(problem);
    std::mt19937_64 random(seed);
    Contents before = random_contents(playground.module, 320, random);
    const auto size = static_cast<size_t>(2 * before.samples);
    Appended update{0.25, std::vector<double>(size), std::vector<double>(size), 2};
    for (size_t i = 0; i < size; ++i) {
      update.left[i] = std::sin(static_cast<double>(i));
      update.right[i] = std::cos(static_cast<double>(3 * i));
    }
    before.updates[playground.matrix.index].push_back(update);
    const Fields fields = random_fields(playground.module, 5, random);
    const auto& function = playground.module.functions[0];
    const Evaluation expected = evaluate(playground.module, function, before, fields, 5);
    codegen::CodegenOptions options;
    options.optimization_level = static_cast<int>(seed % 4);
    const int64_t block = seed % 2 ? 320 : 64;
    check_same(run_compiled(compile(playground.module, options), "f", before, fields, 5, block), expected, 1e-9);
  }
}

}  // namespace
