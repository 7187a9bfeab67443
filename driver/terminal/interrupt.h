/// \file Ctrl-C during a computation: finish the step at work, keep what there is. A second Ctrl-C ends the program.
#pragma once

namespace tpc::driver {

/// While one of these lives, SIGINT only sets a flag (the second time it has its usual effect).
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

bool interrupted();

}  // namespace tpc::driver
