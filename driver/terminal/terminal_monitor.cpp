#include "driver/terminal/terminal_monitor.h"

#include "driver/terminal/progress.h"

namespace tpc::driver {
namespace {

class TerminalWatch final : public evaluation::Watch {
 public:
  TerminalWatch(const std::string& label, int64_t total) : progress_(label, static_cast<size_t>(total)) {}
  void update(int64_t done) override { progress_.update(static_cast<size_t>(done)); }
  [[nodiscard]] bool stop_requested() const override { return interrupted(); }

 private:
  Progress progress_;
};

}  // namespace

std::unique_ptr<evaluation::Watch> TerminalMonitor::begin(const std::string& label, int64_t total,
                                                          evaluation::KeptWhenStopped kept) {
  if (kept == evaluation::KeptWhenStopped::yes && !guard_) guard_.emplace();
  return std::make_unique<TerminalWatch>(label, total);
}

}  // namespace tpc::driver
