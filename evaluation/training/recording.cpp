#include "evaluation/training/recording.h"

#include <algorithm>

#include "evaluation/data/batches.h"

namespace tpc::evaluation {
namespace {

std::vector<int64_t> every(int64_t stride, int64_t steps) {
  std::vector<int64_t> result;
  for (int64_t step = 0; step < steps; step += stride) result.push_back(step);
  result.push_back(steps);
  return result;
}

std::vector<int64_t> every_epoch(const RecordingFacts& facts) {
  std::vector<int64_t> result;
  for (int64_t epoch = 0;; ++epoch) {
    const int64_t step = epoch_start(epoch, facts.count, facts.batch);
    if (step >= facts.steps) break;
    result.push_back(step);
  }
  result.push_back(facts.steps);
  return result;
}

/// Of all steps. In doubles: counts of steps and examples may be of any size.
bool recording_is_cheap(const RecordingFacts& facts) {
  const double evaluations = (static_cast<double>(facts.steps) + 1.0) * static_cast<double>(facts.evaluated);
  const double training = 3.0 * static_cast<double>(facts.steps) * static_cast<double>(facts.batch);
  return evaluations <= static_cast<double>(cheap_evaluations) || 4.0 * evaluations < training;
}

/// The least of 1, 2, 5, 10, 20, 50, .. that is not below `least`.
int64_t round_stride(double least) {
  for (int64_t decade = 1;; decade *= 10) {
    for (const int64_t digit : {1, 2, 5}) {
      if (static_cast<double>(digit * decade) >= least) return digit * decade;
    }
  }
}

/// At most fifty, evenly spaced, as many as are cheap.
std::vector<int64_t> spread(const RecordingFacts& facts) {
  const double training = 3.0 * static_cast<double>(facts.steps) * static_cast<double>(facts.batch);
  const double evaluated = std::max(1.0, static_cast<double>(facts.evaluated));
  const double affordable = std::clamp(training / (4.0 * evaluated), 1.0, 50.0);
  return every(round_stride(static_cast<double>(facts.steps) / affordable), facts.steps);
}

}  // namespace

std::vector<int64_t> recorded_steps(const RecordOption& option, const RecordingFacts& facts) {
  switch (option.rule) {
    case RecordRule::all: return every(1, facts.steps);
    case RecordRule::every: return every(option.every, facts.steps);
    case RecordRule::epoch: return every_epoch(facts);
    case RecordRule::final_step: return {facts.steps};
    case RecordRule::automatic: break;
  }
  // (steps + 1) * numbers < bound, written so that it cannot overflow.
  const bool few = facts.numbers_per_step == 0 ||
                   facts.steps + 1 < (automatic_record_numbers + facts.numbers_per_step - 1) / facts.numbers_per_step;
  if (few && recording_is_cheap(facts)) return every(1, facts.steps);
  const bool within_an_epoch = epoch_start(1, facts.count, facts.batch) >= facts.steps;
  return within_an_epoch ? spread(facts) : every_epoch(facts);
}

}  // namespace tpc::evaluation
