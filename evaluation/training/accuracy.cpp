#include "evaluation/training/accuracy.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::evaluation {
namespace {

int64_t largest_index(const double* values, int64_t count) { return std::max_element(values, values + count) - values; }

}  // namespace

ReplicaValues accuracy(const ReplicaValues& outputs, const Labels& labels, int64_t output_count) {
  const int64_t count = static_cast<int64_t>(outputs.numbers) / output_count;
  TPC_CHECK(static_cast<int64_t>(labels.values.size()) == count * labels.size, "labels of another size");
  ReplicaValues result{outputs.replicas, 1, {}};
  for (size_t replica = 0; replica < outputs.replicas; ++replica) {
    int64_t right = 0;
    for (int64_t row = 0; row < count; ++row) {
      const double* label = labels.values.data() + row * labels.size;
      const int64_t wanted =
          labels.size == 1 && output_count > 1 ? static_cast<int64_t>(*label) : largest_index(label, labels.size);
      right += largest_index(outputs.replica(replica) + row * output_count, output_count) == wanted ? 1 : 0;
    }
    result.values.push_back(static_cast<double>(right) / static_cast<double>(count));
  }
  return result;
}

}  // namespace tpc::evaluation
