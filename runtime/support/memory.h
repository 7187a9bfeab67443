/// \file Absurd sizes are refused before the first page is touched; large arrays ask for large pages.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <new>

namespace tpc::runtime {

/// Throws std::bad_alloc if `bytes` are more than this machine's memory.
inline void require_memory(double bytes) {
  const double physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (physical > 0.0 && bytes > physical) throw std::bad_alloc();
}

/// Rows anywhere in an array of many pages are found without a walk through page tables where these pages are large. A
/// wish: nothing depends on it.
inline void prefer_large_pages(void* data, std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
  if (bytes < 4 * page) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(data) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(data) + bytes) / page * page;
  static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
#else
  static_cast<void>(data), static_cast<void>(bytes);
#endif
}

}  // namespace tpc::runtime
