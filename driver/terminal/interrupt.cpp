#include "driver/terminal/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace tpc::driver {
namespace {

// All that the handler touches: it may use async-signal-safe functions only.
volatile std::sig_atomic_t interrupt_flag = 0;
volatile std::sig_atomic_t guards = 0;
constexpr int interrupted_status = 130;  // 128 + SIGINT

template <size_t length>
void say(const char (&text)[length]) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, length - 1);
}

extern "C" void remember_interrupt(int) {
  if (guards > 0 && interrupt_flag == 0) {
    interrupt_flag = 1;
    say("\ninterrupted: what was computed so far is kept; interrupt again to end at once\n");
    return;
  }
  say("\ninterrupted: there is no result\n");
  _exit(interrupted_status);
}

}  // namespace

void handle_interrupts() {
  struct sigaction action{};
  action.sa_handler = remember_interrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptGuard::InterruptGuard() { guards = guards + 1; }
InterruptGuard::~InterruptGuard() { guards = guards - 1; }

bool interrupted() { return interrupt_flag != 0; }

}  // namespace tpc::driver
