#include "evaluation/training/accuracy.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::evaluation {
namespace {

int64_t largest_index(const double* values, int64_t count) { return std::max_element(values, values + count) - values; }

}  // namespace

ReplicaValues accuracy(const ReplicaValues& outputs, const LoadedField& target, int64_t output_count) {
  const int64_t count = static_cast<int64_t>(outputs.numbers) / output_count;
  TPC_CHECK(static_cast<int64_t>(target.values.size()) == count * target.size, "labels of another size");
  ReplicaValues result{outputs.replicas, 1, {}};
  for (size_t replica = 0; replica < outputs.replicas; ++replica) {
    int64_t right = 0;
    for (int64_t example = 0; example < count; ++example) {
      const double* label = target.values.data() + example * target.size;
      const int64_t wanted =
          target.size == 1 && output_count > 1 ? static_cast<int64_t>(*label) : largest_index(label, target.size);
      right += largest_index(outputs.replica(replica) + example * output_count, output_count) == wanted ? 1 : 0;
    }
    result.values.push_back(static_cast<double>(right) / static_cast<double>(count));
  }
  return result;
}

}  // namespace tpc::evaluation
