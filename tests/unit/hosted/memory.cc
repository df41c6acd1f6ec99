#include "hosted/memory.h"

#include <sys/mman.h>

#include "mem/sysmem.h"

namespace rt0 {

// In the runtime osinit gets the page size from the kernel.
[[maybe_unused]] static const uintptr page_size_set = physPageSize = 4096;

namespace hosted {

std::atomic<u32> map_fails{0}, dontneed_fails{0};
std::atomic<usize> given_back{0};

namespace {

bool fails(const std::atomic<u32>& every, std::atomic<u32>* calls) {
  const u32 n = every.load(std::memory_order_relaxed);
  return n != 0 && calls->fetch_add(1, std::memory_order_relaxed) % n == n - 1;
}

SysResult mem_map(void* hint, usize n) {
  static std::atomic<u32> calls{0};
  if (fails(map_fails, &calls)) return {0, Errno::nomem};
  void* p = mmap(hint, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? SysResult{0, Errno::nomem} : SysResult{reinterpret_cast<uintptr>(p), Errno::ok};
}
SysResult mem_unmap(void* p, usize n) { return {0, munmap(p, n) == 0 ? Errno::ok : Errno::inval}; }
SysResult mem_guard(void* p, usize n) { return {0, mprotect(p, n, PROT_NONE) == 0 ? Errno::ok : Errno::nomem}; }
SysResult mem_dontneed(void* p, usize n) {
  static std::atomic<u32> calls{0};
  if (fails(dontneed_fails, &calls)) return {0, Errno::nomem};
  given_back.fetch_add(n, std::memory_order_relaxed);
  return {0, madvise(p, n, MADV_DONTNEED) == 0 ? Errno::ok : Errno::inval};
}

}  // namespace

MemoryKernel::MemoryKernel() : table_(*kernel), before_(kernel) {
  table_.mem_map = mem_map;
  table_.mem_unmap = mem_unmap;
  table_.mem_guard = mem_guard;
  table_.mem_dontneed = mem_dontneed;
  kernel = &table_;
}
MemoryKernel::~MemoryKernel() { kernel = before_; }

}  // namespace hosted

void fatal_out_of_memory(usize) { throw hosted::Thrown("out of memory"); }

}  // namespace rt0
