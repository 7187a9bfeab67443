/// \file Runs many inputs in one process, survives those that end it, and says which they were.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace tpc::fuzz {

struct Trials {
  std::string what;  ///< for messages
  size_t first = 0;  ///< number of the first input
  size_t count = 0;
  double seconds = 10.0;  ///< an input that takes more processor time hangs; under sanitizers it has longer
  /// The input of a number: to be shown when it fails. Depends on the number alone.
  std::function<std::string(size_t)> input;
  /// Empty: the input did no harm; else what it did. Crashing, not ending and leaving the process are found as well.
  std::function<std::string(size_t, const std::string&)> run;
};

struct Counts {
  size_t failures, accepted;
};

/// Runs all inputs in a child process, and goes on behind an input that ended it in a new one. The first failures are
/// printed, and the inputs kept as files in `keep`.
Counts run_trials(const Trials& trials, const std::string& keep);

/// Called within a run: its input was taken, not refused.
void count_accepted();

/// Called within a run that is to be stopped kindly: after that many seconds (under sanitizers more) a SIGINT is
/// raised.
void interrupt_after(double seconds);

/// What a process exits with that was interrupted (128 + SIGINT): its input was taken, and did no harm.
inline constexpr int interrupted_status = 130;

}  // namespace tpc::fuzz
