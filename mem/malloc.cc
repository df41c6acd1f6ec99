// Allocates from and frees to the P's cache, without a lock. All other cases are in mcache.cc. Compiled for speed. Go:
// malloc.go.
#include "mem/malloc.h"

#include "mem/mheap.h"

namespace rt0 {

namespace {

RT0_INLINE void* alloc(usize n, usize align, bool noscan) {
  if (RT0_UNLIKELY(kDevBuild || inittrace.active || n > kTableMax || align > kSizeStep))
    return mcache_alloc(n, align, noscan);
  MCache** slot = getMCache();
  if (RT0_UNLIKELY(slot == nullptr || *slot == nullptr)) return mcache_alloc(n, align, noscan);
  CacheList* l = &(*slot)->list[2 * kClassTable.of[(max(n, align) + 7) / 8] + noscan];
  return RT0_LIKELY(l->head != nullptr) ? cache_pop(l) : mcache_alloc(n, align, noscan);
}

}  // namespace

void* mallocgc(usize n, usize align) { return alloc(n, align, false); }
void* mallocgc_noscan(usize n, usize align) { return alloc(n, align, true); }

void heap_free(void* p) {
  const uintptr a = reinterpret_cast<uintptr>(p);
  MSpan* s = spanOf(a);
  if constexpr (kDevBuild) return mcache_free(p, s);
  MCache** slot = getMCache();
  if (RT0_UNLIKELY(s == nullptr || s->state != SpanState::in_use || a % kTinySize != 0 || s->spanclass >= kLargeSpan ||
                   slot == nullptr || *slot == nullptr))
    return mcache_free(p, s);
  cache_push(&(*slot)->list[s->spanclass], static_cast<FreeObject*>(p), s);
}

}  // namespace rt0
