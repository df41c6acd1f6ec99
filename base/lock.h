// The runtime's own mutex and one-time event, on futexes. Go: lock_futex.go, lockrank.go.
//
// Declared in this low room because memory and traces need locks, too; implemented in sched/lock.cc, because an M
// counts the locks that it holds. Waiting here stops the whole thread, not just a goroutine. So these guard only short
// pieces of work on the runtime's state; goroutines wait for each other in channels and semaphores.
#pragma once

#include "base/atomic.h"
#include "base/guards.h"
#include "base/types.h"

namespace rt0 {

enum class LockRank : u32 {
#define RANK(name) name,
#include "base/lockrank.def"
#undef RANK
};

// key: 0 unlocked, 1 locked, 2 locked and a thread may sleep on it. A lock in static memory is ready when its rank is
// set.
struct CAPABILITY("mutex") Mutex {
  Atomic<u32> key;
  LockRank rank;  // in the lowest kRankBits bits; the bits above them hold lockOrder's number
};
inline constexpr u32 kRankBits = 8;

// A thread that takes several locks of one rank takes them in the order of these numbers; otherwise two such threads
// could wait for each other for ever. A lock gets its number, which is never 0, at the first call, and keeps it. The
// order of addresses would serve, too, but it depends on the sizes of objects, so the simulated kernel's traces would
// differ between ISAs.
u32 lockOrder(Mutex* l);
void lockInit(Mutex* l, LockRank rank);
// For a lock in an object of the program's that begins as zeroes, so that no rank is stored in it yet: each caller
// passes the rank, always the same one.
void lockWithRank(Mutex* l, LockRank rank) ACQUIRE(l);
void lock(Mutex* l) ACQUIRE(l);
void unlock(Mutex* l) RELEASE(l);

// Holds `l` for a scope. Never across gopark, mcall, gogo or a [[noreturn]] call: no destructor runs there.
struct SCOPED_CAPABILITY Locked {
  Mutex* l;
  explicit Locked(Mutex* m) ACQUIRE(m) : l(m) { lock(l); }
  ~Locked() RELEASE() { unlock(l); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

// A one-time event between two threads: one sleeps until the other wakes it. Either may come first.
//   noteclear    before each use, while no thread is in one of the other functions
//   notesleep    on g0 only, by one thread; returns after notewakeup
//   notetsleep   the same with a time limit in ns (< 0: none); true if woken, false if the limit has passed
//   notewakeup   exactly once between two noteclears
struct Note {
  Atomic<u32> key;  // 0 clear, 1 woken
};

void noteclear(Note* n);
void notesleep(Note* n) __asm__("runtime.notesleep");
bool notetsleep(Note* n, i64 ns) __asm__("runtime.notetsleep");
void notewakeup(Note* n) __asm__("runtime.notewakeup");

}  // namespace rt0
