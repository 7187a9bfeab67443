/// \file The steps at which outputs are recorded (cli.md: "every recorded step").
#pragma once

#include <cstdint>
#include <vector>

namespace tpc::evaluation {

/// When outputs are recorded: cli.md, `--record all|epoch|final|every=K`.
enum class RecordRule { automatic, all, epoch, final_step, every };
struct RecordOption {
  RecordRule rule = RecordRule::automatic;
  int64_t every = 1;
};

struct RecordingFacts {
  int64_t steps = 0;  ///< recorded times are 0..steps
  int64_t count = 1;  ///< examples of the training set
  int64_t batch = 1;
  int64_t numbers_per_step = 0;  ///< outputs and observations of one recorded step
  int64_t evaluated = 0;         ///< examples evaluated for them
};

/// Increasing step numbers. The automatic rule takes all steps while that is fewer than a million numbers, and cheap:
/// less than a fifth of the run (training on an example costs about three evaluations of it), or at most
/// `cheap_evaluations`; else once an epoch, or if training is over within one, as often as is cheap. The rules by epoch
/// and by K include step 0 and the last one.
std::vector<int64_t> recorded_steps(const RecordOption& option, const RecordingFacts& facts);

/// The automatic rule's bound.
inline constexpr int64_t automatic_record_numbers = 1'000'000;
/// Evaluations of an example that take no time worth saving, seconds at most.
inline constexpr int64_t cheap_evaluations = 10'000;
/// No rule may hold more than this in memory.
inline constexpr int64_t maximum_record_numbers = int64_t{1} << 24;

}  // namespace tpc::evaluation
