/// \file Who watches a long computation: is told how far it has come, and may ask it to stop. A terminal's is
/// driver/terminal/terminal_monitor.h; an embedding program brings its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tpc::evaluation {

/// One piece of work, from its first step to its last.
class Watch {
 public:
  Watch() = default;
  virtual ~Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  virtual void update(int64_t done) = 0;
  /// Whether to stop after the step at work.
  [[nodiscard]] virtual bool stop_requested() const = 0;
};

/// Whether what a piece of work has come to is kept when it stops. If it is not, a monitor loses nothing by ending the
/// program instead, which is sooner.
enum class KeptWhenStopped { no, yes };

class Monitor {
 public:
  Monitor() = default;
  virtual ~Monitor() = default;
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Work of `total` steps begins; it ends with the life of the result.
  virtual std::unique_ptr<Watch> begin(const std::string& label, int64_t total, KeptWhenStopped kept) = 0;
};

/// Watches nothing and never stops anything.
class SilentMonitor final : public Monitor {
 public:
  std::unique_ptr<Watch> begin(const std::string&, int64_t, KeptWhenStopped) override {
    class SilentWatch final : public Watch {
      void update(int64_t) override {}
      [[nodiscard]] bool stop_requested() const override { return false; }
    };
    return std::make_unique<SilentWatch>();
  }
};

}  // namespace tpc::evaluation
