#include "driver/terminal/terminal_monitor.h"

#include "driver/terminal/progress.h"

namespace tpc::driver {
namespace {

class TerminalWatch final : public evaluation::Watch {
 public:
  TerminalWatch(const std::string& label, int64_t total, bool stoppable)
      : progress_(label, static_cast<size_t>(total)), stoppable_(stoppable) {}
  void update(int64_t done) override { progress_.update(static_cast<size_t>(done)); }
  [[nodiscard]] bool stop_requested() const override { return stoppable_ && interrupted(); }

 private:
  Progress progress_;
  bool stoppable_;
};

}  // namespace

std::unique_ptr<evaluation::Watch> TerminalMonitor::begin(const std::string& label, int64_t total,
                                                          evaluation::Stoppable stoppable) {
  const bool can_stop = stoppable == evaluation::Stoppable::yes;
  if (can_stop && !guard_) guard_.emplace();
  return std::make_unique<TerminalWatch>(label, total, can_stop);
}

}  // namespace tpc::driver
