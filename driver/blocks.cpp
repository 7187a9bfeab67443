#include "driver/blocks.h"

#include <algorithm>

namespace tpc::driver {

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

}  // namespace tpc::driver
