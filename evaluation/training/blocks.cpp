#include "evaluation/training/blocks.h"

#include <algorithm>

namespace tpc::evaluation {

ReplicaValues evaluate_in_blocks(const LoadedSet& set, int64_t block,
                                 const std::function<ReplicaValues(const Batch&)>& evaluate) {
  std::vector<ReplicaValues> parts;
  for (int64_t begin = 0; begin < set.count; begin += block) {
    parts.push_back(evaluate(set.slice(begin, std::min(begin + block, set.count))));
  }
  if (parts.size() == 1) return std::move(parts.front());
  ReplicaValues whole{parts.front().replicas, 0, {}};
  for (const ReplicaValues& part : parts) whole.numbers += part.numbers;
  whole.values.reserve(whole.replicas * whole.numbers);
  for (size_t replica = 0; replica < whole.replicas; ++replica) {
    for (const ReplicaValues& part : parts) {
      whole.values.insert(whole.values.end(), part.replica(replica), part.replica(replica) + part.numbers);
    }
  }
  return whole;
}

ReplicaValues mean_in_blocks(const LoadedSet& set, int64_t block,
                             const std::function<ReplicaValues(const Batch&)>& evaluate) {
  ReplicaValues mean{1, 1, {}};
  for (int64_t begin = 0; begin < set.count; begin += block) {
    const int64_t end = std::min(begin + block, set.count);
    const ReplicaValues part = evaluate(set.slice(begin, end));
    mean.replicas = part.replicas;
    mean.values.resize(part.replicas, 0.0);
    const double share = static_cast<double>(end - begin) / static_cast<double>(set.count);
    for (size_t replica = 0; replica < part.replicas; ++replica) mean.values[replica] += share * part.values[replica];
  }
  return mean;
}

LoadedSet joined_sets(const std::vector<const LoadedSet*>& sets) {
  LoadedSet joined;
  if (sets.empty()) return joined;
  joined.fields = sets.front()->fields;
  for (LoadedField& field : joined.fields) field.values.clear();
  for (const LoadedSet* set : sets) {
    joined.count += set->count;
    std::erase_if(joined.fields, [&](const LoadedField& field) { return set->field(field.name) == nullptr; });
    for (LoadedField& field : joined.fields) {
      const std::vector<double>& values = set->field(field.name)->values;
      field.values.insert(field.values.end(), values.begin(), values.end());
    }
  }
  return joined;
}

std::vector<ReplicaValues> split_values(const ReplicaValues& values, const std::vector<const LoadedSet*>& sets) {
  size_t examples = 0;
  for (const LoadedSet* set : sets) examples += static_cast<size_t>(set->count);
  const size_t per_example = values.numbers / examples;
  std::vector<ReplicaValues> parts;
  size_t begin = 0;
  for (const LoadedSet* set : sets) {
    ReplicaValues& part =
        parts.emplace_back(ReplicaValues{values.replicas, static_cast<size_t>(set->count) * per_example, {}});
    for (size_t replica = 0; replica < values.replicas; ++replica) {
      const double* first = values.replica(replica) + begin;
      part.values.insert(part.values.end(), first, first + part.numbers);
    }
    begin += part.numbers;
  }
  return parts;
}

}  // namespace tpc::evaluation
