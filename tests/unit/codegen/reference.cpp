#include "tests/unit/codegen/reference.h"

#include <cmath>
#include <functional>

#include "ir/core/typing.h"

namespace tpc::test {

using ir::DimId;
using ir::Kind;
using ir::ValueId;
using Dims = std::vector<DimId>;
using Index = std::map<DimId, int64_t>;

namespace {

class Evaluator {
 public:
  Evaluator(const ir::limit::Module& module, const ir::limit::Function& function, const Contents& before,
            const Fields& fields, const ExtentSizes& sizes)
      : module_(module), function_(function), before_(before), fields_(fields), sizes_(sizes), after_(before) {}

  Evaluation run() {
    for (size_t i = 0; i < function_.body.size(); ++i) {
      id_ = ValueId(i);
      values_.emplace_back();
      std::visit(*this, function_.body[i].op);
    }
    Evaluation evaluation;
    for (const auto& result : function_.results) {
      const Dims& dims = function_.type(result.value).dims;
      evaluation.results.push_back(reordered(values_[result.value.index], dims, from_outside(dims), 1));
    }
    evaluation.after = std::move(after_);
    return evaluation;
  }

  void operator()(const std::monostate&) {}
  void operator()(const ir::Input& op) {
    value() = reordered(fields_.at(op.name()), from_outside(type().dims), type().dims, 1);
  }
  void operator()(const ir::Constant& op) { value() = {op.value}; }
  void operator()(const ir::DimSize& op) { value() = {static_cast<double>(size(op.dim))}; }
  void operator()(const ir::DimIndex& op) {
    fill([&](const Index& index, int64_t) { return static_cast<double>(index.at(op.dim)); });
  }
  void operator()(const ir::limit::Unit&) { value().assign(static_cast<size_t>(before_.samples), 1.0); }
  void operator()(const ir::Read& op) {
    if (is_pair(id_)) {
      const auto& pairs = before_.pairs.at(op.state.index);
      value().assign(pairs.begin(), pairs.end());
      return;
    }
    value() = is_random(id_) ? before_.random.at(op.state.index) : before_.numbers.at(op.state.index);
  }
  void operator()(const ir::Map& op) {
    fill([&](const Index& index, int64_t s) {
      std::vector<double> arguments;
      for (ValueId argument : op.arguments) arguments.push_back(at(argument, index, s));
      return ir::evaluate_primitive(op.primitive, arguments, op.power);
    });
  }
  void operator()(const ir::Contract& op) {
    fill([&](Index index, int64_t s) {
      double sum = 0.0;
      walk(op.over, index, [&] { sum += at(op.lhs, index, s) * (op.rhs.valid() ? at(op.rhs, index, s) : 1.0); });
      return sum;
    });
  }
  void operator()(const ir::Relabel& op) { value() = values_[op.argument.index]; }
  void operator()(const ir::OneHot& op) {
    fill([&](const Index& index, int64_t s) {
      return at(op.argument, index, s) == static_cast<double>(index.at(op.dim)) ? 1.0 : 0.0;
    });
  }
  /// As the residual of one vector after its projection on the other.
  void operator()(const ir::limit::Area& op) {
    fill([&](Index index, int64_t s) {
      double square = 0.0, product = 0.0, residual = 0.0;
      walk(op.over, index, [&] {
        square += at(op.lhs, index, s) * at(op.lhs, index, s);
        product += at(op.lhs, index, s) * at(op.rhs, index, s);
      });
      if (square == 0.0) return 0.0;
      walk(op.over, index, [&] {
        const double rest = at(op.rhs, index, s) - product / square * at(op.lhs, index, s);
        residual += rest * rest;
      });
      return std::sqrt(square * residual);
    });
  }
  void operator()(const ir::limit::NormalRule& op) {
    value().resize(static_cast<size_t>(size(op.dim)));
    tp_rt_normal_rule(nullptr, size(op.dim), op.weights ? 1 : 0, value().data());
  }
  void operator()(const ir::Softmax& op) {
    fill([&](Index index, int64_t s) {
      const double own = at(op.argument, index, s);
      double sum = 0.0;
      walk({op.over}, index, [&] { sum += std::exp(at(op.argument, index, s) - own); });
      return 1.0 / sum;
    });
  }
  void operator()(const ir::LogSumExp& op) {
    fill([&](Index index, int64_t s) {
      double sum = 0.0;
      walk({op.over}, index, [&] { sum += std::exp(at(op.argument, index, s)); });
      return std::log(sum);
    });
  }
  void operator()(const ir::limit::Condition& op) {
    value() = fake_condition(op.matrix.index, op.transposed, values_[op.argument.index], before_.samples);
  }
  void operator()(const ir::limit::Accumulated& op) {
    value() = fake_accumulated(before_, op.matrix.index, op.transposed, values_[op.argument.index]);
  }
  void operator()(const ir::limit::PairProduct& op) {
    const Dims& dims = function_.type(op.left).dims;
    fill([&](Index index, int64_t pair) {
      double sum = 0.0;
      walk(dims, index,
           [&] { sum += at(op.left, index, pair / before_.samples) * at(op.right, index, pair % before_.samples); });
      return sum;
    });
  }
  void operator()(const ir::limit::PairApply& op) {
    const auto& read = std::get<ir::Read>(function_.at(op.pair).op);
    value() = fake_apply_pair(before_, read.state.index, op.transposed, values_[op.argument.index]);
  }
  void operator()(const ir::limit::Expect& op) {
    fill([&](Index index, int64_t) {
      double sum = 0.0;
      walk(op.over, index, [&] {
        for (int64_t s = 0; s < before_.samples; ++s) {
          sum += before_.weights[static_cast<size_t>(s)] * at(op.lhs, index, s) *
                 (op.rhs.valid() ? at(op.rhs, index, s) : 1.0);
        }
      });
      return sum;
    });
  }
  void operator()(const ir::limit::Append& op) {
    const Dims& dims = function_.type(op.left).dims;
    after_.updates[op.matrix.index].push_back(
        {values_[op.coefficient.index][0], values_[op.left.index],
         reordered(values_[op.right.index], function_.type(op.right).dims, dims, before_.samples), extent(dims)});
  }
  void operator()(const ir::limit::Combine& op) {
    fake_combine(before_, after_, combined_, op.matrix.index, op.source.index, values_[op.coefficient.index][0]);
  }
  void operator()(const ir::Gather& op) {
    fill([&](Index index, int64_t s) {
      const double place = at(op.index, index, 0);
      index[op.dim] = static_cast<int64_t>(place);
      return place < 0.0 ? 0.0 : at(op.table, index, s);
    });
  }
  void operator()(const ir::Scatter& op) {
    fill([&](Index index, int64_t s) {
      const auto wanted = static_cast<double>(index.at(op.dim));
      double sum = 0.0;
      walk(op.over, index, [&] { sum += at(op.index, index, 0) == wanted ? at(op.value, index, s) : 0.0; });
      return sum;
    });
  }
  void operator()(const ir::Present& op) {
    fill([&](const Index& index, int64_t s) { return at(op.index, index, s) >= 0.0 ? 1.0 : 0.0; });
  }
  void operator()(const ir::FirstOccurrence& op) {
    std::set<double> seen = {-1.0};
    for (ValueId list : op.earlier) seen.insert(values_[list.index].begin(), values_[list.index].end());
    for (double place : values_[op.index.index]) value().push_back(seen.insert(place).second ? 1.0 : 0.0);
  }
  void operator()(const ir::AddRows& op) {
    const Dims& state = module_.state(op.state).type.dims;
    const bool random = is_random(op.value);
    auto& target = (random ? after_.random : after_.numbers)[op.state.index];
    Index index;
    walk(ir::union_dims(function_.type(op.index).dims, function_.type(op.value).dims), index, [&] {
      const double place = at(op.index, index, 0);
      if (place < 0.0) return;
      Index row = index;
      row[op.dim] = static_cast<int64_t>(place);
      for (int64_t s = 0; s < (random ? before_.samples : 1); ++s) {
        target[static_cast<size_t>(random ? offset(state, row) * before_.samples + s : offset(state, row))] +=
            at(op.value, index, s);
      }
    });
  }
  void operator()(const ir::Write& op) {
    if (is_pair(op.value)) {
      const auto& pairs = values_[op.value.index];
      after_.pairs[op.state.index].assign(pairs.begin(), pairs.end());
      return;
    }
    (is_random(op.value) ? after_.random : after_.numbers)[op.state.index] = values_[op.value.index];
  }

 private:
  const ir::Type& type() const { return function_.type(id_); }
  std::vector<double>& value() { return values_[id_.index]; }
  bool is_random(ValueId id) const { return function_.type(id).kind == Kind::vector; }
  bool is_pair(ValueId id) const { return function_.type(id).kind == Kind::pair; }
  /// Sample points, or pairs of them, that an entry of the value has numbers for.
  int64_t points(ValueId id) const {
    return is_pair(id) ? before_.samples * before_.samples : is_random(id) ? before_.samples : 1;
  }
  /// The order in which fields and results are stored: the batch first.
  Dims from_outside(const Dims& dims) const {
    Dims ordered, fixed;
    for (DimId dim : dims) (module_.dim(dim).size ? fixed : ordered).push_back(dim);
    ordered.insert(ordered.end(), fixed.begin(), fixed.end());
    return ordered;
  }
  int64_t size(DimId dim) const { return sizes_.of(module_, dim); }
  int64_t extent(const Dims& dims) const {
    int64_t product = 1;
    for (DimId dim : dims) product *= size(dim);
    return product;
  }
  int64_t offset(const Dims& dims, const Index& index) const {
    int64_t result = 0;
    for (DimId dim : dims) result = result * size(dim) + index.at(dim);
    return result;
  }
  double at(ValueId id, const Index& index, int64_t s) const {
    const int64_t row = offset(function_.type(id).dims, index);
    return values_[id.index][static_cast<size_t>(points(id) == 1 ? row : row * points(id) + s)];
  }
  void walk(const Dims& dims, Index& index, const std::function<void()>& body, size_t depth = 0) const {
    if (depth == dims.size()) return body();
    for (int64_t i = 0; i < size(dims[depth]); ++i) {
      index[dims[depth]] = i;
      walk(dims, index, body, depth + 1);
    }
  }
  void fill(const std::function<double(const Index&, int64_t)>& entry) {
    Index index;
    walk(type().dims, index, [&] {
      for (int64_t s = 0; s < points(id_); ++s) value().push_back(entry(index, s));
    });
  }
  std::vector<double> reordered(const std::vector<double>& from, const Dims& stored, const Dims& wanted,
                                int64_t block) const {
    std::vector<double> result;
    Index index;
    walk(wanted, index, [&] {
      const auto begin = from.begin() + offset(stored, index) * block;
      result.insert(result.end(), begin, begin + block);
    });
    return result;
  }
  const ir::limit::Module& module_;
  const ir::limit::Function& function_;
  const Contents& before_;
  const Fields& fields_;
  const ExtentSizes& sizes_;
  Contents after_;
  std::set<uint32_t> combined_;
  ValueId id_;
  std::vector<std::vector<double>> values_;
};

}  // namespace

int64_t ExtentSizes::of(const ir::limit::Module& module, DimId dim) const {
  if (module.dim(dim).size) return *module.dim(dim).size;
  for (DimId candidate : {dim, module.untwinned(dim)}) {
    const auto found = named.find(module.dim(candidate).name);
    if (found != named.end()) return found->second;
  }
  return count;
}

Evaluation evaluate(const ir::limit::Module& module, const ir::limit::Function& function, const Contents& before,
                    const Fields& fields, const ExtentSizes& sizes) {
  return Evaluator(module, function, before, fields, sizes).run();
}

}  // namespace tpc::test
