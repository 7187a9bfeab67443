#include "driver/terminal/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace tpc::driver {
namespace {

constexpr std::size_t bar_width = 24;
constexpr double first_shown_after = 1.0;  // seconds
constexpr double redraw_interval = 0.1;    // seconds

std::string clock_text(double seconds) {
  const long long total = static_cast<long long>(std::ceil(std::min(seconds, 359999.0)));
  const auto two_digits = [](long long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::string minutes_and_seconds = two_digits(total % 60);
  if (total < 3600) return std::to_string(total / 60) + ":" + minutes_and_seconds;
  return std::to_string(total / 3600) + ":" + two_digits(total / 60 % 60) + ":" + minutes_and_seconds;
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::string progress_line(const std::string& label, std::size_t done, std::size_t total, double seconds) {
  done = std::min(done, total);
  const double fraction = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const std::size_t filled = static_cast<std::size_t>(fraction * static_cast<double>(bar_width));
  std::string line = label + " [" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] " +
                     std::to_string(done) + "/" + std::to_string(total);
  if (done > 0) line += " time left " + clock_text(seconds * (1.0 - fraction) / fraction);
  return line;
}

Progress::Progress(std::string label, std::size_t total, std::FILE* stream)
    : label_(std::move(label)),
      total_(total),
      stream_(stream),
      on_terminal_(isatty(fileno(stream)) == 1),
      start_(Clock::now()),
      last_drawn_(start_) {}

void Progress::update(std::size_t done) {
  if (!on_terminal_) return;
  const Clock::time_point now = Clock::now();
  if (seconds_between(start_, now) < first_shown_after) return;
  if (shown_ && seconds_between(last_drawn_, now) < redraw_interval && done < total_) return;
  // Carriage return, the line, erase what a longer line left behind.
  std::fprintf(stream_, "\r%s\033[K", progress_line(label_, done, total_, seconds_between(start_, now)).c_str());
  std::fflush(stream_);
  shown_ = true;
  last_drawn_ = now;
}

void Progress::finish() {
  if (shown_) {
    std::fputs("\r\033[K", stream_);
    std::fflush(stream_);
  }
  shown_ = false;
}

}  // namespace tpc::driver
