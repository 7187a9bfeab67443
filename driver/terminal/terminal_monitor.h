/// \file Long computations on a terminal: a progress bar each, and Ctrl-C finishes the step at work.
#pragma once

#include <optional>

#include "driver/terminal/interrupt.h"
#include "evaluation/training/monitor.h"

namespace tpc::driver {

class TerminalMonitor final : public evaluation::Monitor {
 public:
  std::unique_ptr<evaluation::Watch> begin(const std::string& label, int64_t total,
                                           evaluation::Stoppable stoppable) override;

 private:
  std::optional<InterruptGuard> guard_;  ///< from the first work that can stop on: its result is there to be written
};

}  // namespace tpc::driver
