/// \file Which examples make up the batch of each step. One rule for the limit and for every finite width, so that they
/// see the same data in the same order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// The examples form one endless stream: data order over and over, or a new seeded permutation every epoch. Step t
/// takes positions t*B .. t*B + B - 1 of it, so that batches wrap around the end of the data.
class BatchOrder {
 public:
  /// Precondition: count >= 1, 1 <= batch <= count (full: batch = count).
  BatchOrder(int64_t count, int64_t batch, std::optional<uint64_t> shuffle_seed);

  /// Row numbers (from 0) of step t's batch. Fast when t grows.
  std::vector<int64_t> rows(int64_t step);
  /// In which pass over the data, from 0, each of them is.
  [[nodiscard]] std::vector<int64_t> epochs(int64_t step) const;

  [[nodiscard]] int64_t batch_size() const { return batch_; }
  [[nodiscard]] int64_t count() const { return count_; }

 private:
  const std::vector<int64_t>& permutation(int64_t epoch);

  int64_t count_, batch_;
  std::optional<uint64_t> shuffle_seed_;
  int64_t epoch_ = -1;
  std::vector<int64_t> permutation_;
};

/// The permutation of 0..count-1 of one epoch: Fisher-Yates with numbers that depend on (seed, epoch) only, the same on
/// every machine.
std::vector<int64_t> epoch_permutation(int64_t count, uint64_t seed, int64_t epoch);

/// Steps of a plan: as given, or the least number that walks through the data `epochs` times.
int64_t step_count(const sema::TrainPlan& plan, int64_t count);

/// The first step at which `epoch` epochs' worth of examples have been seen: ceil(epoch * count / batch).
int64_t epoch_start(int64_t epoch, int64_t count, int64_t batch);

}  // namespace tpc::evaluation
