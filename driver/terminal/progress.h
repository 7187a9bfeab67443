/// \file A progress bar on a terminal: steps done and time left, for work that takes more than a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace tpc::driver {

/// One line, rewritten in place on `stream` if that is a terminal (else nothing is ever printed), first shown after one
/// second, removed by finish() or the destructor.
class Progress {
 public:
  Progress(std::string label, std::size_t total, std::FILE* stream = stderr);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::size_t done);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  std::size_t total_;
  std::FILE* stream_;
  bool on_terminal_;
  bool shown_ = false;
  Clock::time_point start_, last_drawn_;
};

/// The bar's text: "label [#####.....] 50/100 time left 0:12".
std::string progress_line(const std::string& label, std::size_t done, std::size_t total, double seconds);

}  // namespace tpc::driver
