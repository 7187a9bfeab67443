#include <cstdint>

#include <llvm/Support/Process.h>
#include <llvm/TargetParser/Host.h>

#include "codegen/codegen.h"

#if defined(__linux__)
#include <link.h>
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace tpc::codegen {

#if defined(__linux__)
namespace {

using Segment = ElfW(Phdr);

/// The pages of a loaded file's code that lie in the segment, as madvise wants them.
void release_segment(const dl_phdr_info& file, const Segment& segment) {
  const std::uintptr_t page = llvm::sys::Process::getPageSizeEstimate();
  const std::uintptr_t begin = (file.dlpi_addr + segment.p_vaddr + page - 1) / page * page;
  const std::uintptr_t end = (file.dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
  if (begin < end) static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
}

/// The code of the file in which `data` lies. Code that nobody wrote to comes back from there.
int release_code_around(dl_phdr_info* file, std::size_t, void* data) {
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  bool found = false;
  for (int i = 0; i < file->dlpi_phnum; ++i) {
    const Segment& segment = file->dlpi_phdr[i];
    const std::uintptr_t begin = file->dlpi_addr + segment.p_vaddr;
    found = found || (segment.p_type == PT_LOAD && begin <= address && address < begin + segment.p_memsz);
  }
  if (!found) return 0;
  for (int i = 0; i < file->dlpi_phnum; ++i) {
    const Segment& segment = file->dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && (segment.p_flags & (PF_X | PF_W)) == PF_X) release_segment(*file, segment);
  }
  return 1;
}

}  // namespace
#endif

void release_compiler_memory() {
#if defined(__linux__)
  dl_iterate_phdr(release_code_around, reinterpret_cast<void*>(&llvm::sys::getHostCPUName));
#endif
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

}  // namespace tpc::codegen
