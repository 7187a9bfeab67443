/// \file Ctrl-C (SIGINT) and SIGTERM, with the same effect. In a computation that can stop: the step at work is
/// finished, and what there is is kept. Elsewhere, and the second time: the program ends with exit status 130, a
/// message; files are written whole or not at all (base/files).
#pragma once

namespace tpc::driver {

/// Call once, first thing.
void handle_interrupts();

/// While one of these lives, the first signal only sets the flag that `interrupted` reads; it stays set.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

bool interrupted();

}  // namespace tpc::driver
