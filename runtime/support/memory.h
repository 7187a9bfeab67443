/// \file Absurd sizes are refused before the first page is touched.
#pragma once

#include <unistd.h>

#include <new>

namespace tpc::runtime {

/// Throws std::bad_alloc if `bytes` are more than this machine's memory.
inline void require_memory(double bytes) {
  const double physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (physical > 0.0 && bytes > physical) throw std::bad_alloc();
}

}  // namespace tpc::runtime
