#include "driver/terminal/interrupt.h"

#include <csignal>

namespace tpc::driver {
namespace {

volatile std::sig_atomic_t interrupt_flag = 0;

extern "C" void remember_interrupt(int) { interrupt_flag = 1; }

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupt_flag = 0;
  struct sigaction action{};
  action.sa_handler = remember_interrupt;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
}

InterruptGuard::~InterruptGuard() { std::signal(SIGINT, SIG_DFL); }

bool interrupted() { return interrupt_flag != 0; }

}  // namespace tpc::driver
