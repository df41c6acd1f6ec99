#include "mem/sysmem.h"

#include "base/check.h"
#include "base/lock.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

constinit uintptr physPageSize = 0;
constinit Atomic<u32> malloc_fail_at{0}, malloc_requests{0};

namespace {

constexpr usize kPage = 4096;             // the smallest on any ISA
constexpr usize kFirstChunk = 16 * 1024;  // in .bss: enough for the boot, without a call of the kernel
constexpr usize kChunk = 256 * 1024;
// Larger requests go to the kernel, so that at most this much is lost at a chunk's end.
constexpr usize kLargest = kChunk / 4;

// Only the runtime's own data lie in it, so the collector does not look there for pointers to objects.
[[gnu::section(".bss.noptr.first_chunk")]] alignas(64) constinit u8 first_chunk[kFirstChunk] = {};
constinit Mutex persistent_lock{{0}, LockRank::persistent};
constinit u8* chunk_at GUARDED_BY(persistent_lock) = first_chunk;
constinit u8* chunk_end GUARDED_BY(persistent_lock) = first_chunk + kFirstChunk;

u8* cut(usize n, usize align) REQUIRES(persistent_lock) {
  u8* p = reinterpret_cast<u8*>(align_up(reinterpret_cast<uintptr>(chunk_at), align));
  if (p > chunk_end || n > static_cast<usize>(chunk_end - p)) return nullptr;
  chunk_at = p + n;
  return p;
}

}  // namespace

void* sysAlloc(usize n, void* hint) {
  if (malloc_fails()) return nullptr;
  const SysResult r = kernel->mem_map(hint, n);
  return r.ok() ? reinterpret_cast<void*>(r.value) : nullptr;
}

void* persistentalloc_or_null(usize n, usize align) {
  check(is_power_of_two(align) && align <= kPage, "persistentalloc: align is not a power of two, or more than a page");
  if (malloc_fails()) return nullptr;
  void* p;
  if (n > kLargest) {
    p = sysAlloc(align_up(n, kPage));
  } else {
    Locked l(&persistent_lock);
    p = cut(n, align);
    if (p == nullptr) {
      u8* chunk = static_cast<u8*>(sysAlloc(kChunk));
      if (chunk != nullptr) {
        chunk_at = chunk;
        chunk_end = chunk + kChunk;
        p = cut(n, align);
      }
    }
  }
  return p;
}

void* persistentalloc(usize n, usize align) {
  void* p = persistentalloc_or_null(n, align);
  if (p == nullptr) fatal_out_of_memory(n);
  return p;
}

}  // namespace rt0
