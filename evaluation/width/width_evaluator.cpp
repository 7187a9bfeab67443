#include "evaluation/width/width_evaluator.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/training/blocks.h"
#include "ir/tp/lengths.h"

namespace tpc::evaluation {

WidthEvaluator::WidthEvaluator(const ir::tp::Module& module, int64_t width, uint64_t seed, int threads)
    : module_(module), width_(width), interpreter_(module, width, seed, threads) {}

ReplicaValues WidthEvaluator::step(const TrainingBatch& batch) { return call(ir::FunctionRole::step, batch.values); }

ReplicaValues WidthEvaluator::loss(const TrainingBatch& batch) { return call(ir::FunctionRole::loss, batch.values); }

ReplicaValues WidthEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  const auto of_batch = [&](const Batch& batch) { return call(function, batch); };
  if (function == ir::FunctionRole::loss) return mean_in_blocks(set, examples_in_block(function), of_batch);
  const int64_t block = by_example(function) ? examples_in_block(function) : set.count;
  return evaluate_in_blocks(set, block, of_batch);
}

/// Numbers without the width are rows of one.
std::optional<ParameterRows> WidthEvaluator::parameter(const std::string& name, size_t) const {
  const auto found = std::ranges::find(module_.states, name, &ir::State::name);
  TPC_CHECK(found != module_.states.end(), "no state of the name " + name);
  const auto index = static_cast<size_t>(found - module_.states.begin());
  const auto values = std::make_shared<const std::vector<double>>(interpreter_.state(ir::StateId(index)));
  const ir::Rational& length = found->type.kind == ir::Kind::matrix ? found->columns : found->rows;
  const int64_t dimension = found->type.kind == ir::Kind::scalar ? 1 : ir::tp::coordinates(length, width_);
  const auto fetch = [values, dimension](int64_t first, int64_t count, double* out) {
    std::copy_n(values->begin() + first * dimension, count * dimension, out);
  };
  return ParameterRows{{static_cast<int64_t>(values->size()) / dimension, dimension, fetch}, width_};
}

/// The first result: a step may have others, which are for the passes.
ReplicaValues WidthEvaluator::call(const ir::FunctionKey& function, const Batch& batch) {
  const ir::tp::Function* called = module_.find(function);
  TPC_CHECK(called != nullptr && !called->results.empty(), "no function with a result named " + ir::spelling(function));
  std::vector<double> values = std::move(interpreter_.run(function, batch).at(called->results.front().name));
  const size_t numbers = values.size();
  return {1, numbers, std::move(values)};
}

bool WidthEvaluator::by_example(const ir::FunctionKey& function) const {
  const ir::tp::Function* found = module_.find(function);
  TPC_CHECK(found != nullptr && found->results.size() == 1,
            "no function with one result named " + ir::spelling(function));
  const ir::Type& type = found->type(found->results.front().value);
  return std::count_if(type.dims.begin(), type.dims.end(),
                       [&](ir::DimId dim) { return !module_.dim(dim).size.has_value(); }) == 1;
}

/// Examples of which the largest value of the function has about 2^17 numbers, a megabyte: what is between two
/// operations stays in the cache; and 64 columns of vectors at least, for matrix products.
int64_t WidthEvaluator::examples_in_block(const ir::FunctionKey& function) const {
  int64_t columns = 1, numbers = width_;  // of one example
  for (const auto& instruction : module_.find(function)->body) {
    int64_t own = 1;
    bool of_examples = false;
    for (ir::DimId dim : instruction.type.dims) {
      const auto& size = module_.dim(dim).size;
      own *= size.value_or(1);
      of_examples = of_examples || !size;
    }
    if (!of_examples) continue;
    const bool vector = instruction.type.kind == ir::Kind::vector;
    if (vector) columns = std::max(columns, own);
    numbers = std::max(numbers, vector ? own * width_ : own);
  }
  return std::max<int64_t>((64 + columns - 1) / columns, (int64_t{1} << 17) / numbers);
}

}  // namespace tpc::evaluation
