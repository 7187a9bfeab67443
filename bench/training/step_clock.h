/// \file The seconds of every training step, as a watch of the training loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/stopwatch.h"
#include "evaluation/training/monitor.h"

namespace tpc::bench {

/// The times of the last piece of work that began. Outputs that are recorded between two steps count as part of the
/// second one, so record the final ones only.
class StepClock final : public evaluation::Monitor {
 public:
  std::unique_ptr<evaluation::Watch> begin(const std::string&, int64_t, evaluation::KeptWhenStopped) override {
    seconds_.clear();
    return std::make_unique<Clock>(seconds_);
  }
  [[nodiscard]] const std::vector<double>& step_seconds() const { return seconds_; }

 private:
  class Clock final : public evaluation::Watch {
   public:
    explicit Clock(std::vector<double>& seconds) : seconds_(seconds) {}
    void update(int64_t) override {
      seconds_.push_back(watch_.seconds());
      watch_ = Stopwatch();
    }
    [[nodiscard]] bool stop_requested() const override { return false; }

   private:
    std::vector<double>& seconds_;
    Stopwatch watch_;
  };

  std::vector<double> seconds_;
};

}  // namespace tpc::bench
