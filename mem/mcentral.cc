// Moves objects in batches between spans and the Ps' caches. Go: mcentral.go, mcache.go. Differs: objects are deleted
// one by one, not swept, so a cache holds objects, not spans; and batches move both ways, so that one P can use objects
// that another P has freed.
#include "mem/mheap.h"

namespace rt0 {

namespace {

struct MCentral {
  Mutex lock;
  MSpan* partial GUARDED_BY(lock);  // spans with free objects, the one that was put in last first
};
constinit MCentral mcentral[kNumSpanClasses] = {};

void put(MCentral* c, MSpan* s) REQUIRES(c->lock) {
  s->listed = true;
  s->prev = nullptr;
  s->next = c->partial;
  if (c->partial != nullptr) c->partial->prev = s;
  c->partial = s;
}
void take(MCentral* c, MSpan* s) REQUIRES(c->lock) {
  s->listed = false;
  if (s->prev != nullptr) s->prev->next = s->next;
  else c->partial = s->next;
  if (s->next != nullptr) s->next->prev = s->prev;
}

// The next free object of a span that has one.
FreeObject* next_free(const MCentral* c, MSpan* s) REQUIRES(c->lock) {
  (void)c;
  s->allocCount++;
  FreeObject* o = s->freelist;
  if (o != nullptr) s->freelist = o->next;
  else o = reinterpret_cast<FreeObject*>(s->base + s->freeindex++ * s->elemsize);
  return o;
}

}  // namespace

bool mcache_refill(CacheList* l, SpanClass spc) {
  MCentral* c = &mcentral[spc];
  // The first batches are small: a program that needs one object should not touch a whole page of objects.
  l->batch = min<u32>(kSizeClasses.at[spc / 2].batch, max(l->batch * 2, 2u));
  lockWithRank(&c->lock, LockRank::mcentral);
  while (l->n < l->batch) {
    MSpan* s = c->partial;
    if (s == nullptr) {
      if (l->n != 0) break;
      s = mheap_alloc(kSizeClasses.at[spc / 2].pages, 1, spc);
      if (s == nullptr) break;
      put(c, s);
    }
    FreeObject* o = next_free(c, s);
    if (s->allocCount == s->nelems) take(c, s);
    o->next = l->head;
    l->head = o;
    l->n++;
  }
  unlock(&c->lock);
  return l->n != 0;
}

void mcache_release(CacheList* l, SpanClass spc, u32 n) {
  MCentral* c = &mcentral[spc];
  lockWithRank(&c->lock, LockRank::mcentral);
  for (; n > 0; n--) {
    FreeObject* o = l->head;
    l->head = o->next;
    l->n--;
    MSpan* s = spanOf(reinterpret_cast<uintptr>(o));
    o->next = s->freelist;
    s->freelist = o;
    if (!s->listed) put(c, s);
    // The last span of a class is kept though it is empty: a program that makes and deletes one object again and again
    // would otherwise take pages from the page heap each time.
    if (--s->allocCount == 0 && (s->next != nullptr || s->prev != nullptr)) {
      take(c, s);
      mheap_free(s);
    }
  }
  unlock(&c->lock);
}

}  // namespace rt0
