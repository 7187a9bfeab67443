#include "evaluation/training/recording.h"

#include <doctest/doctest.h>

using namespace tpc::evaluation;
using Steps = std::vector<int64_t>;

TEST_CASE("the rules of --record") {
  const RecordingFacts facts{10, 6, 2, 4};  // three steps an epoch
  CHECK(recorded_steps({RecordRule::all, 1}, facts) == Steps{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(recorded_steps({RecordRule::final_step, 1}, facts) == Steps{10});
  CHECK(recorded_steps({RecordRule::epoch, 1}, facts) == Steps{0, 3, 6, 9, 10});
  CHECK(recorded_steps({RecordRule::every, 4}, facts) == Steps{0, 4, 8, 10});
  CHECK(recorded_steps({RecordRule::every, 5}, facts) == Steps{0, 5, 10});
  CHECK(recorded_steps({RecordRule::every, 50}, facts) == Steps{0, 10});
}

TEST_CASE("epochs that do not divide into batches are recorded when their examples have been seen") {
  CHECK(recorded_steps({RecordRule::epoch, 1}, {8, 5, 2, 1}) == Steps{0, 3, 5, 8});
}

TEST_CASE("no steps: only the start is recorded") {
  for (RecordRule rule : {RecordRule::automatic, RecordRule::all, RecordRule::epoch, RecordRule::final_step}) {
    CHECK(recorded_steps({rule, 1}, {0, 5, 5, 3}) == Steps{0});
  }
}

TEST_CASE("the automatic rule records every step while that is under a million numbers") {
  CHECK(recorded_steps({}, {9, 2, 1, 99'999}).size() == 10);    // 999,990
  CHECK(recorded_steps({}, {9, 2, 1, 100'000}).size() == 6);    // 1,000,000: once an epoch
  CHECK(recorded_steps({}, {1'000, 2, 1, 0}).size() == 1'001);  // nothing to record but the losses
  CHECK(recorded_steps({}, {0, 2, 1, INT64_MAX / 2}) == Steps{0});
}

TEST_CASE("a training within one epoch is recorded as often as is cheap") {
  const int64_t endless = int64_t{1} << 52;
  const Steps hundreds = recorded_steps({}, {1'000, endless, 32, 1, 1'280});  // 96,000 / (4 * 1,280): 18 times
  CHECK(hundreds.size() == 11);
  CHECK(hundreds[1] == 100);
  CHECK(recorded_steps({}, {100'000, endless, 32, 1, 1'280}).size() == 51);
  CHECK(recorded_steps({}, {7, endless, 1, 1, 1'000'000}) == Steps{0, 7});
}

TEST_CASE("the automatic rule does not let recording dominate the run") {
  // 51 records of 1797 examples beside 50 steps on 28: by epoch.
  CHECK(recorded_steps({}, {50, 1400, 28, 17'970, 1797}) == Steps{0, 50});
  CHECK(recorded_steps({}, {99, 10, 2, 100, 100}).size() == 100);       // 10,000 evaluations take no time
  CHECK(recorded_steps({}, {100, 10, 2, 100, 100}).size() == 21);       // more of them do
  CHECK(recorded_steps({}, {500, 1000, 200, 100, 100}).size() == 501);  // less than a fifth of the run
  CHECK(recorded_steps({}, {500, 100, 100, 200, 200}).size() == 501);   // full batches: an epoch is a step
}
