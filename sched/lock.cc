// Go: lock_futex.go. Differs: no profiling of contention; ranks are checked in the same place.
#include "base/lock.h"

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"

namespace rt0 {

namespace {

constexpr u32 kUnlocked = 0, kLocked = 1, kSleeping = 2;
constexpr u32 kActiveSpin = 4, kActiveSpinCount = 30, kPassiveSpin = 1;

#if defined(RT0_LOCKRANK) && RT0_LOCKRANK
// A select locks many channels, by lockOrder. Only the first few are written down; a lock taken later is checked
// against those.
constexpr u32 kMostChannels = countof(M{}.held) / 2;

// Atomic, relaxed: lockWithRank may write it at the same time, and writes what is there.
LockRank rank_of(const Mutex* l) {
  LockRank r;
  __atomic_load(&l->rank, &r, __ATOMIC_RELAXED);
  return static_cast<LockRank>(static_cast<u32>(r) & ((1u << kRankBits) - 1));
}

bool after_another_channel(const M* mp, const Mutex* l) {
  return rank_of(l) == LockRank::hchan && mp->nheld > 0 && rank_of(mp->held[mp->nheld - 1]) == LockRank::hchan;
}

void rank_acquire(M* mp, Mutex* l) {
  if (mp->throwing != Throwing::none) return;  // a fatal error must be printed, whatever locks are held
  if (after_another_channel(mp, l)) {
    const u32 before = lockOrder(mp->held[mp->nheld - 1]), order = lockOrder(l);
    check(before < order || (before == order && mp->held[mp->nheld - 1] < l),
          "lock rank: channels are locked in lockOrder");
    if (mp->nheld < kMostChannels) mp->held[mp->nheld++] = l;
    return;
  }
  for (u32 i = 0; i < mp->nheld; i++)
    check(rank_of(mp->held[i]) < rank_of(l), "lock rank: this lock may not be taken while that one is held");
  check(mp->nheld < countof(mp->held), "lock rank: too many locks held");
  mp->held[mp->nheld++] = l;
}
void rank_release(M* mp, Mutex* l) {
  for (u32 i = mp->nheld; i > 0; i--) {
    if (mp->held[i - 1] != l) continue;
    for (; i < mp->nheld; i++) mp->held[i - 1] = mp->held[i];
    mp->nheld--;
    return;
  }
  if (after_another_channel(mp, l)) return;
  check(mp->throwing != Throwing::none, "lock rank: unlock of a lock that this M does not hold");
}
#else
void rank_acquire(M*, Mutex*) {}
void rank_release(M*, Mutex*) {}
#endif

}  // namespace

// If two threads ask for a lock's number at the same time, one compare-and-swap from 0 decides which number it gets.
// After that it never changes, and its reader relies on nothing else that was written: relaxed. After 2^24 locks the
// numbers begin again. So a caller that compares two locks of the same number must compare their addresses.
u32 lockOrder(Mutex* l) {
  static constinit Atomic<u32> last{0};
  u32* const at = reinterpret_cast<u32*>(&l->rank);
  u32 v = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (v >> kRankBits == 0) {
    const u32 next = v | last.add_relaxed(1) << kRankBits;
    if (__atomic_compare_exchange_n(at, &v, next, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) v = next;
  }
  return v >> kRankBits;
}

void lockInit(Mutex* l, LockRank rank) {
  l->key.v = kUnlocked;  // no other thread knows the lock yet
  l->rank = rank;
}

// Invariant: while a thread sleeps on the key, or is about to, the key is kSleeping, or the lock is free and a wake-up
// is under way. A thread that has found kSleeping once cannot know whether others still sleep. So it takes the lock as
// kSleeping, and its unlock wakes the next thread. There may be one wake-up too many, but none is missing.
//
// Not analysed, here and in unlock: these functions are the lock. The parts that have to wait or wake are functions of
// their own, so that the common case saves no registers for them.
[[gnu::noinline]] static void wait_for(Mutex* l, u32 v) NO_LOCK_ANALYSIS {
  u32 wait = v;  // the value that this thread will store when it takes the lock: kSleeping once it has found that
  const u32 spin = ncpu > 1 ? kActiveSpin : 0;
  for (;;) {
    for (u32 i = 0; i < spin + kPassiveSpin; i++) {
      while (l->key.load_relaxed() == kUnlocked)
        if (l->key.cas_acquire(kUnlocked, wait)) return;
      if (i >= spin) kernel->osyield();
      else
        for (u32 k = 0; k < kActiveSpinCount; k++) Isa::cpu_relax();
    }
    v = l->key.xchg_acquire(kSleeping);
    if (v == kUnlocked) return;
    wait = kSleeping;
    kernel->futexsleep(&l->key, kSleeping, -1);
  }
}

void lock(Mutex* l) NO_LOCK_ANALYSIS {
  M* mp = getg()->m;
  mp->locks++;  // before the lock is taken: from here on the goroutine stays on this M; unlock checks the count
  rank_acquire(mp, l);
  const u32 v = l->key.xchg_acquire(kLocked);
  if (RT0_UNLIKELY(v != kUnlocked)) wait_for(l, v);
}

void lockWithRank(Mutex* l, [[maybe_unused]] LockRank rank) {
#if defined(RT0_LOCKRANK) && RT0_LOCKRANK
  __atomic_store(&l->rank, &rank, __ATOMIC_RELAXED);  // see rank_of
#endif
  lock(l);
}

// v: what unlock has found in the key, which was not kLocked.
[[gnu::noinline]] static void wake_one(M* mp, Mutex* l, u32 v) {
  if (v == kUnlocked) throw_("unlock of unlocked lock");
  kernel->futexwakeup(&l->key, 1);
  mp->locks--;
  check(mp->locks >= 0, "runtime.unlock: lock count");
}

void unlock(Mutex* l) NO_LOCK_ANALYSIS {
  M* mp = getg()->m;
  rank_release(mp, l);
  const u32 v = l->key.xchg_release(kUnlocked);
  if (RT0_UNLIKELY(v != kLocked)) return wake_one(mp, l, v);
  mp->locks--;
  check(mp->locks >= 0, "runtime.unlock: lock count");
}

// Relaxed: the lock under which another thread learns of the note publishes this.
void noteclear(Note* n) { n->key.store_relaxed(0); }

void notewakeup(Note* n) {
  const u32 old = n->key.xchg_release(1);
  check(old == 0, "notewakeup - double wakeup");
  kernel->futexwakeup(&n->key, 1);
}

// No wake-up is lost: the store of 1 comes before the futex wake, and the kernel compares the key again, under its own
// lock, before it lets this thread sleep. Either the thread sees 1 or it is woken.
void notesleep(Note* n) {
  M* mp = getg()->m;
  check(getg() == mp->g0, "notesleep not on g0");
  while (n->key.load_acquire() == 0) {
    mp->blocked = true;
    kernel->futexsleep(&n->key, 0, -1);
    mp->blocked = false;
  }
}

bool notetsleep(Note* n, i64 ns) {
  if (ns < 0) {
    notesleep(n);
    return true;
  }
  M* mp = getg()->m;
  check(getg() == mp->g0, "notetsleep not on g0");
  const i64 deadline = kernel->nanotime() + ns;
  for (;;) {
    if (n->key.load_acquire() != 0) return true;
    const i64 left = deadline - kernel->nanotime();
    if (left <= 0) return n->key.load_acquire() != 0;
    mp->blocked = true;
    kernel->futexsleep(&n->key, 0, left);
    mp->blocked = false;
  }
}

}  // namespace rt0
