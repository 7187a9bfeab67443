#include "driver/terminal/terminal_monitor.h"

#include <optional>

#include "driver/terminal/interrupt.h"
#include "driver/terminal/progress.h"

namespace tpc::driver {
namespace {

class TerminalWatch final : public evaluation::Watch {
 public:
  TerminalWatch(const std::string& label, int64_t total, evaluation::Stoppable stoppable)
      : progress_(label, static_cast<size_t>(total)) {
    if (stoppable == evaluation::Stoppable::yes) guard_.emplace();
  }
  void update(int64_t done) override { progress_.update(static_cast<size_t>(done)); }
  [[nodiscard]] bool stop_requested() const override { return guard_ && interrupted(); }

 private:
  Progress progress_;
  std::optional<InterruptGuard> guard_;
};

}  // namespace

std::unique_ptr<evaluation::Watch> TerminalMonitor::begin(const std::string& label, int64_t total,
                                                          evaluation::Stoppable stoppable) {
  return std::make_unique<TerminalWatch>(label, total, stoppable);
}

}  // namespace tpc::driver
