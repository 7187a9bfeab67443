#include "tests/fuzz/trials.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
constexpr double slowness = 6.0;  // of compiled programs under sanitizers, with room
#else
constexpr bool sanitized = false;
constexpr double slowness = 1.0;
#endif

namespace tpc::fuzz {
namespace {

constexpr size_t most_shown = 20;
constexpr size_t text_size = 4096;

/// What the child leaves behind.
struct Progress {
  volatile size_t number;  ///< of the input at work
  volatile size_t failures;
  volatile size_t accepted;
};

Progress* shared_progress = nullptr;

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Of the input at work, in processor time, which a busy machine does not lengthen; what waits without using any has
/// longer.
struct Deadline {
  double processor, clock;

  static Deadline in(double seconds) {
    constexpr double longer = 10.0;
    return {seconds_of(CLOCK_PROCESS_CPUTIME_ID) + seconds, seconds_of(CLOCK_MONOTONIC) + longer * seconds};
  }
  [[nodiscard]] double left() const {
    return std::min(processor - seconds_of(CLOCK_PROCESS_CPUTIME_ID), clock - seconds_of(CLOCK_MONOTONIC));
  }
};

Deadline deadline{};
volatile sig_atomic_t to_be_interrupted = 0;  ///< the input at work

void arm(double seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - static_cast<double>(timer.it_value.tv_sec)) * 1e6);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

/// Before the deadline the program may be asked to stop, once; at the deadline it hangs.
extern "C" void on_alarm(int) {
  constexpr double often = 0.1, soon = 0.001;  // a timer of nothing would be none
  const double left = deadline.left();
  if (left > 0.0) {
    arm(std::clamp(left, soon, often));
    if (to_be_interrupted != 0) {
      to_be_interrupted = 0;
      raise(SIGINT);
    }
    return;
  }
  constexpr char message[] = "hangs\n";
  (void)!write(STDERR_FILENO, message, sizeof message - 1);
  abort();
}

void limit_memory() {
  if (sanitized) return;  // shadow memory is virtual memory
  const rlimit limit{rlim_t{6} << 30, rlim_t{6} << 30};
  setrlimit(RLIMIT_AS, &limit);
}

void keep_input(const Trials& trials, const std::string& keep, size_t number) {
  std::filesystem::create_directories(keep);
  std::ofstream(keep + "/" + trials.what + "-" + std::to_string(number), std::ios::binary) << trials.input(number);
}

void show(const Trials& trials, const std::string& keep, size_t number, const std::string& failure, size_t failures) {
  keep_input(trials, keep, number);
  if (failures > most_shown) return;
  std::cerr << trials.what << " " << number << ": " << failure << "\n" << std::flush;
}

[[noreturn]] void child(const Trials& trials, const std::string& keep, Progress& progress, size_t first) {
  limit_memory();
  signal(SIGALRM, on_alarm);
  const double allowed = trials.seconds * slowness;
  for (size_t number = first; number < trials.first + trials.count; ++number) {
    progress.number = number;
    const std::string input = trials.input(number);
    deadline = Deadline::in(allowed);
    to_be_interrupted = 0;
    arm(allowed + 0.01);
    const std::string failure = trials.run(number, input);
    arm(0.0);
    if (failure.empty()) continue;
    progress.failures = progress.failures + 1;
    show(trials, keep, number, failure, progress.failures);
  }
  progress.number = trials.first + trials.count;
  std::cerr << std::flush;
  _exit(0);
}

std::string outcome(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by signal: ") + strsignal(WTERMSIG(status));
  return "left the process with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Counts run_trials(const Trials& trials, const std::string& keep) {
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::abort();
  Progress& progress = *new (shared) Progress{trials.first, 0, 0};
  shared_progress = &progress;
  const size_t end = trials.first + trials.count;
  for (size_t first = trials.first; first < end; first = progress.number + 1) {
    std::cout << std::flush;
    std::cerr << std::flush;
    const pid_t process = fork();
    if (process == 0) child(trials, keep, progress, first);
    int status = 0;
    waitpid(process, &status, 0);
    if (progress.number >= end) break;
    if (WIFEXITED(status) && WEXITSTATUS(status) == interrupted_status) {
      progress.accepted = progress.accepted + 1;
      continue;
    }
    progress.failures = progress.failures + 1;
    show(trials, keep, progress.number, outcome(status), progress.failures);
  }
  const Counts counts{progress.failures, progress.accepted};
  munmap(shared, sizeof(Progress));
  return counts;
}

void count_accepted() { shared_progress->accepted = shared_progress->accepted + 1; }

void interrupt_after(double seconds) {
  to_be_interrupted = 1;
  arm(seconds * slowness);
}

}  // namespace tpc::fuzz
