// The network poller: goroutines that wait until a descriptor is ready. Go: netpoll.go, netpoll_epoll.go.
//
// Each descriptor in the poller has a PollDesc with a place for one goroutine that waits to read (rg) and one that
// waits to write (wg). A place holds
//     kPdNil    nobody waits, nothing has happened
//     kPdReady  something has happened that nobody has taken yet
//     kPdWait   a goroutine is about to park, but has not left its stack yet
//     else      the parked G
// and moves by CAS alone:
//     nil → wait → G      the waiter: netpollblock, then netpollblockcommit on g0
//     any → ready         the poller: netpollready. If it found a G, that G is its to make runnable
//     wait, G → nil       deadline and close: netpollunblock
//     ready → nil         the waiter, who goes on
//
// The danger is an event between "nothing to read" and "parked". It meets nil, and leaves ready, so the CAS nil → wait
// fails; or wait, and leaves ready, so the CAS wait → G of netpollblockcommit fails and the goroutine goes on; or G,
// and wakes it. There is no fourth. The place is reset to nil (pollReset) before the system call that finds nothing: an
// edge that comes later is therefore after the reset, and is kept.
//
// For a deadline and for close, the waiter publishes (wait) and then looks at closing and the expired deadlines
// (atomicInfo); the other side publishes info and then looks at the place. All four are sequentially consistent: one of
// the two sees the other.
//
// PollDescs are never freed, because the kernel may still hand out events for a descriptor that has been closed; fdseq,
// which is part of what the kernel gives back, tells those from its successor's.
#pragma once

#include "kernel_iface/errno.h"
#include "lib/time/timer.h"
#include "sched/gmp.h"

namespace rt0 {

enum class PollError : u32 { none, closing, timeout, not_pollable };
enum class PollMode : u32 { read = 1, write = 2, both = 3 };

inline constexpr uintptr kPdNil = 0, kPdReady = 1, kPdWait = 2;

struct PollDesc {
  PollDesc* link;          // in the cache; read and written under the cache's lock
  u32 index;               // what the kernel knows it by; never changes
  i32 fd;                  // while it is open
  Atomic<u32> fdseq;       // + 1 with every use; never 0 while open
  Atomic<u32> atomicInfo;  // closing, expired deadlines, error: for a look without the lock
  Atomic<uintptr> rg, wg;

  Mutex lock;
  bool closing GUARDED_BY(lock);
  // rt, wt are running.
  bool rrun GUARDED_BY(lock), wrun GUARDED_BY(lock);
  // Of the deadlines now in force: a timer that comes late with another number is stale.
  u32 rseq GUARDED_BY(lock), wseq GUARDED_BY(lock);
  // Deadlines in ns as nanotime counts; < 0: expired, 0: none.
  i64 rd GUARDED_BY(lock), wd GUARDED_BY(lock);
  RtTimer rt, wt;  // rt serves for both if rd == wd
};

// Puts fd into the poller. err: why not; such a descriptor (a regular file) is then used without.
struct PollOpened {
  PollDesc* pd;
  Errno err;
};
PollOpened pollOpen(i32 fd) RT0_SYM("runtime.poll_runtime_pollOpen");
// Takes it out. After pollUnblock, when nobody uses it any more.
void pollClose(PollDesc* pd) RT0_SYM("runtime.poll_runtime_pollClose");
// Before a system call that may find nothing: forgets readiness that is already known.
PollError pollReset(PollDesc* pd, PollMode mode) RT0_SYM("runtime.poll_runtime_pollReset");
// Waits until the descriptor may be ready. Then the caller tries again.
PollError pollWait(PollDesc* pd, PollMode mode) RT0_SYM("runtime.poll_runtime_pollWait");
// The deadline becomes `when` in ns as nanotime counts; 0: none; < 0: it is over.
void pollSetDeadline(PollDesc* pd, i64 when, PollMode mode) RT0_SYM("runtime.poll_runtime_pollSetDeadline");
// Wakes whoever waits; nobody can wait any more.
void pollUnblock(PollDesc* pd) RT0_SYM("runtime.poll_runtime_pollUnblock");

// Of NetpollHooks. Goroutines that have become ready.
GList netpoll(i64 delay_ns) RT0_SYM("runtime.netpoll");
void netpollBreak() RT0_SYM("runtime.netpollBreak");

}  // namespace rt0
