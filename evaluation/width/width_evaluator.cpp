#include "evaluation/width/width_evaluator.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/training/blocks.h"

namespace tpc::evaluation {

WidthEvaluator::WidthEvaluator(const ir::tp::Module& module, int64_t width, uint64_t seed, int threads)
    : module_(module), width_(width), interpreter_(module, width, seed, threads) {}

ReplicaValues WidthEvaluator::step(const TrainingBatch& batch) { return call(ir::FunctionRole::step, batch.values); }

ReplicaValues WidthEvaluator::loss(const TrainingBatch& batch) { return call(ir::FunctionRole::loss, batch.values); }

ReplicaValues WidthEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  // Blocks of about 2^18 numbers a vector: large enough for matrix products, small enough for memory.
  const int64_t block = by_example(function) ? std::max<int64_t>(64, (int64_t{1} << 18) / width_) : set.count;
  return evaluate_in_blocks(set, block, [&](const Batch& batch) { return call(function, batch); });
}

/// Numbers without the width are rows of one.
std::optional<ParameterRows> WidthEvaluator::parameter(const std::string& name, size_t) const {
  const auto found = std::ranges::find(module_.states, name, &ir::State::name);
  TPC_CHECK(found != module_.states.end(), "no state of the name " + name);
  const auto index = static_cast<size_t>(found - module_.states.begin());
  const auto values = std::make_shared<const std::vector<double>>(interpreter_.state(ir::StateId(index)));
  const int64_t dimension = found->type.kind == ir::Kind::scalar ? 1 : width_;
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

}  // namespace tpc::evaluation
