// sync.Pool. Go: pool.go. Differs: objects stay in the pool (Go's collector drops an object that was not used during
// two collections); the part that other Ps may take from has a lock, where Go has a lock-free deque.
//
// Each P has a local part: one private slot, which only a goroutine that is pinned to the P uses, and a stack, from
// whose other end thieves take. Local parts are made in blocks, when a P without one uses the pool; blocks are never
// moved or freed.
#include "rt0/pool.h"

#include "mem/malloc.h"
#include "sched/gmp.h"

extern "C" void* memmove(void*, const void*, rt0::usize);

namespace rt0::detail {

namespace {

struct alignas(Isa::kCacheLine) PoolLocal {
  void* private_;  // for the goroutine pinned to the P; for thieves if GOMAXPROCS no longer covers the P (see steal)
  Mutex lock;
  void** at GUARDED_BY(lock);  // at[first, n) are the objects
  u32 first GUARDED_BY(lock);
  u32 n GUARDED_BY(lock);
  u32 cap GUARDED_BY(lock);
};

// The local parts of the Ps [base, base + count).
struct Block {
  Atomic<Block*> next;  // set once, under the Pool's lock
  i32 base, count;

  PoolLocal* locals() {
    return reinterpret_cast<PoolLocal*>(align_up(reinterpret_cast<uintptr>(this + 1), alignof(PoolLocal)));
  }
};

static_assert(sizeof(Mutex) == 2 * sizeof(u32), "a Pool's state holds a runtime lock");

Atomic<Block*>* blocks_of(PoolState* p) { return reinterpret_cast<Atomic<Block*>*>(&p->locals); }

Mutex* lock_of(PoolState* p) { return reinterpret_cast<Mutex*>(&p->lock_key); }

PoolLocal* find(PoolState* p, i32 id) {
  for (Block* b = blocks_of(p)->load_acquire(); b != nullptr; b = b->next.load_acquire())
    if (id >= b->base && id < b->base + b->count) return &b->locals()[id - b->base];
  return nullptr;
}

// Adds local parts until the P `id` has one. Not pinned: this allocates.
void add_locals(PoolState* p, i32 id) {
  Mutex* l = lock_of(p);
  lockWithRank(l, LockRank::syncpool);
  Atomic<Block*>* link = blocks_of(p);
  i32 base = 0;
  for (Block* b; (b = link->load_acquire()) != nullptr; link = &b->next) base = b->base + b->count;
  if (id >= base) {
    const i32 count = max(gomaxprocs.load_relaxed(), id + 1) - base;
    const usize bytes = sizeof(Block) + sizeof(PoolLocal) * static_cast<usize>(count + 1);
    Block* b = static_cast<Block*>(mallocgc(bytes, alignof(PoolLocal)));
    if (b == nullptr) throw_("sync.Pool: out of memory");
    b->next.store_relaxed(nullptr);  // published with the block
    b->base = base;
    b->count = count;
    for (i32 i = 0; i < count; i++) {
      b->locals()[i] = {};
      lockInit(&b->locals()[i].lock, LockRank::syncpool);
    }
    link->store_release(b);
  }
  unlock(l);
}

// The local part of the caller's P. The caller stays on that P until releasem. Go: pin.
PoolLocal* pin(PoolState* p, M** mp) {
  for (;;) {  // ends when the goroutine has not changed its P between making the part and finding it
    *mp = acquirem();
    const i32 id = (*mp)->p->id;
    if (PoolLocal* l = find(p, id); l != nullptr) return l;
    releasem(*mp);
    add_locals(p, id);
  }
}

// Makes room for one more object at the end; false if there is no memory.
bool grow(PoolLocal* l) REQUIRES(l->lock) {
  if (l->first > 0) {
    memmove(l->at, l->at + l->first, (l->n - l->first) * sizeof(void*));
    __atomic_store_n(&l->n, l->n - l->first, __ATOMIC_RELAXED);
    __atomic_store_n(&l->first, 0, __ATOMIC_RELAXED);
    return true;
  }
  const u32 cap = l->cap == 0 ? 8 : 2 * l->cap;
  void** at = static_cast<void**>(mallocgc(cap * sizeof(void*), alignof(void*)));
  if (at == nullptr) return false;
  if (l->n > 0) memmove(at, l->at, l->n * sizeof(void*));
  if (l->at != nullptr) heap_free(l->at);
  l->at = at;
  l->cap = cap;
  return true;
}

// Takes the object that was put last; for a thief, the one that was put first. Null if there is none.
void* take(PoolLocal* l, bool thief) {
  // A hint: an object that is put at this moment is taken by a later call.
  if (__atomic_load_n(&l->n, __ATOMIC_RELAXED) == __atomic_load_n(&l->first, __ATOMIC_RELAXED)) return nullptr;
  Locked held(&l->lock);
  if (l->first == l->n) return nullptr;
  if (thief) {
    void* x = l->at[l->first];
    __atomic_store_n(&l->first, l->first + 1, __ATOMIC_RELAXED);
    return x;
  }
  __atomic_store_n(&l->n, l->n - 1, __ATOMIC_RELAXED);
  return l->at[l->n];
}

// How many Ps have a local part: those with lower numbers than the result.
i32 num_locals(PoolState* p) {
  i32 n = 0;
  for (Block* b = blocks_of(p)->load_acquire(); b != nullptr; b = b->next.load_acquire()) n = b->base + b->count;
  return n;
}

// Takes an object from another P, beginning with the P after `me`; also from Ps that GOMAXPROCS no longer covers, whose
// objects would be lost otherwise. No goroutine is pinned to such a P, and the P cannot come back while the caller is
// pinned to its own, because the world stops before GOMAXPROCS changes. So thieves may take from its private slot, by
// an exchange. The stop of the world orders that with the accesses of pinned goroutines before and after.
void* steal(PoolState* p, i32 me) {
  const i32 n = num_locals(p);
  for (i32 i = 1; i < n; i++) {
    const i32 id = (me + i) % n;
    PoolLocal* l = find(p, id);
    if (void* x = take(l, true); x != nullptr) return x;
    if (id < gomaxprocs.load_relaxed()) continue;
    if (void* x = __atomic_exchange_n(&l->private_, nullptr, __ATOMIC_ACQ_REL); x != nullptr) return x;
  }
  return nullptr;
}

}  // namespace

void* pool_get(PoolState* p) {
  M* mp;
  PoolLocal* l = pin(p, &mp);
  void* x = l->private_;
  l->private_ = nullptr;
  if (x == nullptr) x = take(l, false);
  if (x == nullptr) x = steal(p, mp->p->id);
  releasem(mp);
  return x;
}

void pool_put(PoolState* p, void* x) {
  M* mp;
  PoolLocal* l = pin(p, &mp);
  if (l->private_ == nullptr) {
    l->private_ = x;
  } else {
    Locked held(&l->lock);
    // If there is no memory for the list the object is dropped: a Pool may forget objects.
    if (l->n < l->cap || grow(l)) {
      l->at[l->n] = x;
      __atomic_store_n(&l->n, l->n + 1, __ATOMIC_RELAXED);
    }
  }
  releasem(mp);
}

}  // namespace rt0::detail
