#include "mem/mark.h"

#include "mem/sysmem.h"

namespace rt0 {

constinit bool gcmark_failed = false;

ObjectRef find_object(uintptr a) {
  MSpan* s = spanOf(a);
  // For an address in a free run the entry may be stale: then the address does not lie within that span.
  if (s == nullptr || s->state != SpanState::in_use || a < s->base || a - s->base >= s->npages * kHeapPage) return {};
  const usize i = (a - s->base) / s->elemsize;
  if (i >= s->nelems || i >= s->freeindex) return {};
  return {s, static_cast<u32>(i)};
}

bool gcmark(ObjectRef o) {
  ObjectBits*& bits = o.span->gcmarkBits;
  if (bits == nullptr) {
    bits = static_cast<ObjectBits*>(persistentalloc_or_null(sizeof(ObjectBits), alignof(ObjectBits)));
    if (bits == nullptr) {
      gcmark_failed = true;
      return false;
    }
  }
  const u32 bit = u32{1} << o.index % 32;
  return (bits->word[o.index / 32].or_acqrel(bit) & bit) == 0;
}

bool gcmarked(ObjectRef o) {
  const ObjectBits* bits = o.span->gcmarkBits;
  return bits != nullptr && (bits->word[o.index / 32].load_relaxed() & u32{1} << o.index % 32) != 0;
}

void gcmark_clear() {
  gcmark_failed = false;
  for (MSpan* s = mheap_allspans; s != nullptr; s = s->alllink)
    if (s->gcmarkBits != nullptr)
      for (Atomic<u32>& w : s->gcmarkBits->word) w.store_relaxed(0);
}

}  // namespace rt0
