// Finalizers, and a marking collector that finds objects whose finalizers are due. Go: mfinal.go, mgcmark.go.
//
//   F1  The table is changed under fin.lock only, and gc() reads it with the world stopped. A goroutine that holds the
//       lock has a P and keeps it, so the world does not stop in between.
//   F2  The table and the queue lie in memory in which the marking does not look for pointers, so they make nothing
//       reachable. An object in the queue is no longer in the table, and counts as alive like any other object.
#include "base/guards.h"
#include "base/lock.h"
#include "mem/malloc.h"
#include "mem/mark.h"
#include "mem/sysmem.h"
#include "rt0/gc.h"
#include "rt0/go.h"
#include "rt0/runtime.h"
#include "runtime/gc/roots.h"
#include "sched/newproc.h"
#include "sched/proc.h"
#include "sched/stw.h"

namespace rt0 {

namespace {

struct Finalizer {
  uintptr object;  // 0: a free place in the table
  void (*call)(void* f, void* object);
  void* f;
  u32 order;  // a number that grows with each finalizer set
  bool marked;
};

// A hash table with open addressing, at most half full. cap is a power of two, or 0 while there is no table.
struct Table {
  Finalizer* at = nullptr;
  u32 cap = 0, n = 0;

  // The place of this object, or the free place where it would be put. The factor is that of Knuth's hashing.
  Finalizer* find(uintptr object) const {
    u32 i = static_cast<u32>((object >> 4) * 0x9e3779b1u) & (cap - 1);
    while (at[i].object != 0 && at[i].object != object) i = (i + 1) & (cap - 1);
    return &at[i];
  }
};

constinit struct {
  Mutex lock{{0}, LockRank::fin};
  Table table GUARDED_BY(lock);
  Finalizer* queue GUARDED_BY(lock);  // finalizers to be called, from the last to the first
  u32 queued GUARDED_BY(lock);
  u32 queue_cap GUARDED_BY(lock);
  u32 set GUARDED_BY(lock);       // how many finalizers were set so far
  bool started GUARDED_BY(lock);  // the goroutine that calls finalizers was started
  G* waits GUARDED_BY(lock);      // that goroutine, while it is parked
} fin = {};

// Tells the analysis that a stopped world protects as fin.lock does: no goroutine holds it then or can take it (F1).
void world_is_stopped() ASSERT_HELD(fin.lock) {}

Finalizer* finalizers(u32 n) {
  const usize bytes = n * sizeof(Finalizer);
  void* p = mallocgc_noscan(bytes, alignof(Finalizer));
  if (p == nullptr) fatal_out_of_memory(bytes);
  return static_cast<Finalizer*>(__builtin_memset(p, 0, bytes));
}

void grow(Table* t) {
  const u32 cap = t->cap == 0 ? 64 : 2 * t->cap;
  const Table bigger{finalizers(cap), cap, t->n};
  for (u32 i = 0; i < t->cap; i++)
    if (t->at[i].object != 0) *bigger.find(t->at[i].object) = t->at[i];
  heap_free(t->at);
  *t = bigger;
}

// Takes an entry out. The entries after it are put in again, so that no search ends too early at the free place.
void remove(Table* t, Finalizer* gone) {
  t->n--;
  gone->object = 0;
  for (u32 i = static_cast<u32>(gone - t->at);;) {
    i = (i + 1) & (t->cap - 1);
    const Finalizer f = t->at[i];
    if (f.object == 0) return;
    t->at[i].object = 0;
    *t->find(f.object) = f;
  }
}

// Overwrites the stack below the caller's frame, where calls that have returned may have left the address of an object.
// Such a word is no reason to keep the object.
[[gnu::noinline]] void wipe() {
  char room[4096];
  __builtin_memset(room, 0, sizeof(room));
  __asm__ volatile("" ::"r"(room) : "memory");
}

// Calls the next finalizer of the queue; false if there is none. Not inlined, so that wipe() reaches its frame.
[[gnu::noinline]] bool call_next() {
  lock(&fin.lock);
  if (fin.queued == 0) {
    unlock(&fin.lock);
    return false;
  }
  const Finalizer f = fin.queue[--fin.queued];
  unlock(&fin.lock);
  func([&] { f.call(f.f, reinterpret_cast<void*>(f.object)); });
  return true;
}

// Go: runFinalizers.
void runfinq() RT0_SYM("runtime.runFinalizers");
void runfinq() {
  getg()->system = true;
  (void)sched.ngsys.add_relaxed(1);
  const detail::Finally next([] { go(runfinq); });  // if a finalizer calls goexit_now(), another goroutine goes on
  for (;;) {
    while (call_next()) {}
    wipe();  // so that this stack keeps no object of the finalizers alive
    lock(&fin.lock);
    if (fin.queued != 0) {
      unlock(&fin.lock);
      continue;
    }
    // Under the lock, which is released only when this goroutine is parked: so gc() does not make it ready too early.
    fin.waits = getg();
    goparkunlock(&fin.lock, WaitReason::finalizer_wait);
  }
}

// --- Marking: which objects with finalizers are reachable

struct Mark {
  uintptr below = ~uintptr{0},
          end = 0;   // (below, end) has all objects with finalizers; these fields, which are on a stack, point to none
  Finalizer** work;  // marked, but their objects were not searched yet
  u32 left = 0;
};

void mark_words(Mark* m, uintptr lo, uintptr hi) REQUIRES(fin.lock) {
  for (uintptr p = lo; p < hi; p += kPtrSize) {
    const uintptr word = *reinterpret_cast<const uintptr*>(p);
    if (word <= m->below || word >= m->end) continue;
    const ObjectRef o = find_object(word);
    if (o.span == nullptr) continue;
    Finalizer* f = fin.table.find(o.base());
    if (f->object == 0 || f->marked) continue;
    f->marked = true;
    m->work[m->left++] = f;
  }
}

void mark_root(void* m, const G*, uintptr lo, uintptr hi) {
  world_is_stopped();
  mark_words(static_cast<Mark*>(m), lo, hi);
}

// Searches all objects except those with finalizers. Freed objects are searched, too: they cannot be told from others.
void mark_heap(Mark* m) REQUIRES(fin.lock) {
  for (MSpan* s = mheap_allspans; s != nullptr; s = s->alllink) {
    if (s->state != SpanState::in_use || (s->spanclass & 1) != 0) continue;
    for (u32 i = 0; i < s->freeindex; i++) {
      const ObjectRef o{s, i};
      if (fin.table.find(o.base())->object == 0) mark_words(m, o.base(), o.base() + align_down(o.size(), kPtrSize));
    }
  }
}

// Moves the unmarked finalizers to the queue, which has room for them, in the order in which they were set: the last
// one is called first. Go orders them by address, which is the same for objects of one size in spans that were not used
// before.
void queue_unmarked() REQUIRES(fin.lock) {
  const u32 first = fin.queued;
  for (u32 i = 0; i < fin.table.cap; i++) {
    const Finalizer f = fin.table.at[i];
    if (f.object == 0 || f.marked) continue;
    u32 at = fin.queued++;
    for (; at > first && fin.queue[at - 1].order > f.order; at--) fin.queue[at] = fin.queue[at - 1];
    fin.queue[at] = f;
  }
  for (u32 i = first; i < fin.queued; i++) remove(&fin.table, fin.table.find(fin.queue[i].object));
}

// Not inlined: otherwise addresses of objects could stay in callee-saved registers, and the search of the roots would
// find them there.
[[gnu::noinline]] void unmark(Mark* m) REQUIRES(fin.lock) {
  for (u32 i = 0; i < fin.table.cap; i++) {
    Finalizer& f = fin.table.at[i];
    f.marked = false;
    if (f.object == 0) continue;
    m->below = min(m->below, f.object - 1);
    m->end = max(m->end, f.object + find_object(f.object).size());
  }
}

// All memory is allocated before the marking begins, so that the heap does not change meanwhile.
[[gnu::noinline]] void collect() {
  world_is_stopped();
  const u32 n = fin.table.n;
  if (n == 0) return;
  if (fin.queued + n > fin.queue_cap) {
    Finalizer* bigger = finalizers(fin.queued + n);
    for (u32 i = 0; i < fin.queued; i++) bigger[i] = fin.queue[i];
    heap_free(fin.queue);
    fin.queue = bigger;
    fin.queue_cap = fin.queued + n;
  }
  Mark m;
  m.work = static_cast<Finalizer**>(mallocgc_noscan(n * sizeof(Finalizer*), alignof(Finalizer*)));
  if (m.work == nullptr) fatal_out_of_memory(n * sizeof(Finalizer*));
  unmark(&m);
  wipe();
  for_each_root(mark_root, &m);
  mark_heap(&m);
  while (m.left > 0) {
    const uintptr object = m.work[--m.left]->object;
    mark_words(&m, object, object + align_down(find_object(object).size(), kPtrSize));
  }
  heap_free(m.work);
  queue_unmarked();
}

[[gnu::noinline]] void stop_and_collect() {
  stopTheWorld();
  collect();
  stack_flush();
  startTheWorld(0);
  stack_scavenge_rest();
  lock(&fin.lock);
  G* gp = fin.queued > 0 ? fin.waits : nullptr;
  if (gp != nullptr) fin.waits = nullptr;
  unlock(&fin.lock);
  if (gp != nullptr) goready(gp);
}

}  // namespace

void detail::set_finalizer(void* object, void (*call)(void* f, void* object), void* f) {
  if (object == nullptr) throw_("runtime.SetFinalizer: first argument is nil");
  const uintptr a = reinterpret_cast<uintptr>(object);
  const ObjectRef o = find_object(a);
  if (o.span == nullptr) {
    if (is_global(a)) return;  // it is never unreachable
    throw_("runtime.SetFinalizer: pointer not in heap");
  }
  if (o.base() != a) throw_("runtime.SetFinalizer: pointer not at beginning of allocated block");
  lock(&fin.lock);
  if (fin.table.n >= fin.table.cap / 2) grow(&fin.table);
  Finalizer* at = fin.table.find(a);
  const bool there = at->object != 0, start = !fin.started && f != nullptr;
  if (f == nullptr) {
    if (there) remove(&fin.table, at);
  } else if (!there) {
    *at = {a, call, f, fin.set++, false};
    fin.table.n++;
    fin.started = true;
  }
  unlock(&fin.lock);
  if (there && f != nullptr) throw_("runtime.SetFinalizer: finalizer already set");
  if (start) go(runfinq);
}

// Not analysed: on the simulated kernel no other thread runs meanwhile.
static void refuse_to_guess() NO_LOCK_ANALYSIS {
  if (fin.table.n != 0)
    sim_over("simulated kernel: gc() with finalizers: which objects are reachable depends on what lies on stacks");
}

void runtime::gc() {
  if (RT0_UNLIKELY(simulated != 0)) refuse_to_guess();
  wipe();
  stop_and_collect();
  gosched();
}

}  // namespace rt0
