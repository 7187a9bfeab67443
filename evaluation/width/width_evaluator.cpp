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
