#include "evaluation/data/batches.h"

#include <numeric>
#include <random>

#include "base/diag/check.h"

namespace tpc::evaluation {
namespace {

/// Uniform in [0, bound) without the bias of a remainder; std::uniform_int_distribution differs between libraries.
uint64_t uniform_below(std::mt19937_64& generator, uint64_t bound) {
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t number = generator();
  while (number >= limit) number = generator();
  return number % bound;
}

}  // namespace

BatchOrder::BatchOrder(int64_t count, int64_t batch, std::optional<uint64_t> shuffle_seed)
    : count_(count), batch_(batch), shuffle_seed_(shuffle_seed) {
  TPC_CHECK(count >= 1 && batch >= 1 && batch <= count, "a batch outside its data set");
}

std::vector<int64_t> BatchOrder::rows(int64_t step) {
  std::vector<int64_t> result(static_cast<size_t>(batch_));
  for (int64_t i = 0; i < batch_; ++i) {
    const int64_t position = step * batch_ + i;
    const int64_t within = position % count_;
    result[static_cast<size_t>(i)] =
        shuffle_seed_ ? permutation(position / count_)[static_cast<size_t>(within)] : within;
  }
  return result;
}

std::vector<int64_t> BatchOrder::epochs(int64_t step) const {
  std::vector<int64_t> result(static_cast<size_t>(batch_));
  for (int64_t i = 0; i < batch_; ++i) result[static_cast<size_t>(i)] = (step * batch_ + i) / count_;
  return result;
}

const std::vector<int64_t>& BatchOrder::permutation(int64_t epoch) {
  if (epoch != epoch_) {
    permutation_ = epoch_permutation(count_, *shuffle_seed_, epoch);
    epoch_ = epoch;
  }
  return permutation_;
}

std::vector<int64_t> epoch_permutation(int64_t count, uint64_t seed, int64_t epoch) {
  // Two words of a seed sequence: neighbouring seeds and epochs give unrelated generators.
  const auto high = [](uint64_t word) { return static_cast<uint32_t>(word >> 32); };
  const auto low = [](uint64_t word) { return static_cast<uint32_t>(word); };
  const auto epoch_word = static_cast<uint64_t>(epoch);
  std::seed_seq words{low(seed), high(seed), low(epoch_word), high(epoch_word)};
  std::mt19937_64 generator(words);
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[uniform_below(generator, left)]);
  }
  return order;
}

int64_t step_count(const sema::TrainPlan& plan, int64_t count) {
  if (plan.steps) return *plan.steps;
  TPC_CHECK(plan.epochs.has_value(), "a training plan has steps or epochs");
  return epoch_start(*plan.epochs, count, plan.batch.value_or(count));
}

int64_t epoch_start(int64_t epoch, int64_t count, int64_t batch) { return (epoch * count + batch - 1) / batch; }

}  // namespace tpc::evaluation
