#include "evaluation/kernel/kernel_function.h"

#include <algorithm>
#include <string>

#include "base/diag/check.h"
#include "passes/kernel/function_space.h"

namespace tpc::evaluation {
namespace {

/// Points a side of a block of pairs where there are as many: what is computed of each point alone is then little, and
/// with the terms of f there are blocks enough for all threads.
constexpr size_t large_block = 128;

}  // namespace

KernelFunction::KernelFunction(const tp_model_descriptor& model, const LimitSettings& settings)
    : model_(model), function_(function_index(model, ir::FunctionRole::kernel)), options_(settings, {}) {}

std::vector<double> KernelFunction::between(size_t kernel, const Batch& points, const Batch& others) const {
  const tp_function_descriptor& descriptor = model_.functions[function_];
  const std::string name = passes::kernel_result(kernel);
  std::vector<double> values(static_cast<size_t>(points.count * others.count));
  std::vector<double*> results(descriptor.result_count, nullptr);
  for (uint32_t i = 0; i < descriptor.result_count; ++i) {
    if (descriptor.results[i].name == name) results[i] = values.data();
  }
  TPC_CHECK(std::ranges::find(results, values.data()) != results.end(), "the compiled kernel has no result " + name);
  const auto table = [&](const Batch& side) {
    return field_table(model_, descriptor, extent_table(model_, descriptor, side), side);
  };
  const std::vector<const double*> fields = table(points), other_fields = table(others);
  tp_pairs pairs{};
  pairs.size = sizeof pairs;
  pairs.fields = fields.data();
  pairs.count = static_cast<size_t>(points.count);
  pairs.other_fields = other_fields.data();
  pairs.other_count = static_cast<size_t>(others.count);
  if (std::min(pairs.count, pairs.other_count) >= large_block) pairs.block = large_block;
  check_status(tp_evaluate_pairs(&model_, options_.get(), function_, &pairs, results.data(), nullptr, nullptr));
  check_finite(values, "the kernel is not finite");
  return values;
}

}  // namespace tpc::evaluation
