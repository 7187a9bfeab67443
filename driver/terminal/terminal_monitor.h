/// \file Long computations on a terminal: a progress bar each, and Ctrl-C finishes the step at work.
#pragma once

#include <optional>

#include "driver/terminal/interrupt.h"
#include "evaluation/training/monitor.h"

namespace tpc::driver {

class TerminalMonitor final : public evaluation::Monitor {
 public:
  std::unique_ptr<evaluation::Watch> begin(const std::string& label, int64_t total,
                                           evaluation::KeptWhenStopped kept) override;

 private:
  /// From the first work on whose result is kept: it is there to be written, and until then Ctrl-C ends the program.
  std::optional<InterruptGuard> guard_;
};

}  // namespace tpc::driver
