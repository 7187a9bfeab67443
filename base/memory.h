/// \file How much memory there is, so that absurd sizes are refused before anything is computed.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace tpc {

/// Bytes: the machine's memory, or what a limit (ulimit -v) leaves of it.
inline double available_memory() {
  double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    bytes = std::min(bytes, static_cast<double>(limit.rlim_cur));
  }
  return bytes;
}

}  // namespace tpc
