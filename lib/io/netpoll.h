// The network poller: goroutines that wait until a descriptor is ready. Go: netpoll.go, netpoll_epoll.go.
//
// Each descriptor in the poller has a PollDesc with a place for one goroutine that waits to read (rg) and one that
// waits to write (wg). A place holds
//     kPdNil    no goroutine waits, and no event has come
//     kPdReady  an event has come that no goroutine has taken yet
//     kPdWait   a goroutine is about to park, but has not left its stack yet
//     else      the parked G
// and changes by CAS, except where the waiter itself, when it is not parked, makes it nil:
//     nil → wait → G      the waiter: netpollblock, then netpollblockcommit on g0
//     any → ready         the poller: netpollready. If it found a G, it must make that G runnable
//     wait, G → nil       deadline and close: netpollunblock
//     ready → nil         the waiter, which goes on
//
// The danger is an event that comes after a system call has found nothing to read, and before the goroutine has parked:
// if it were lost, the goroutine would sleep for ever. What the event finds in the place is one of three:
//     nil   it leaves ready, and the waiter's CAS nil → wait fails
//     wait  it leaves ready, and the CAS wait → G in netpollblockcommit fails: the goroutine goes on
//     G     it wakes the goroutine
// The place is reset to nil (pollReset) before the system call that finds nothing. So an edge that comes after that
// call comes after the reset, and is kept.
//
// For a deadline and for close, the waiter stores wait and then reads atomicInfo (closing, expired deadlines); the
// thread that closes or expires writes atomicInfo and then reads the place. All four are sequentially consistent, so at
// least one of the two sees what the other has written, and the waiter does not sleep on.
//
// PollDescs are never freed, because the kernel may still hand out events for a descriptor that has been closed. Each
// event has the fdseq with which its descriptor was added; an event of an earlier use is dropped by that number.
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
  u32 index;               // names it in the kernel's events; never changes
  i32 fd;                  // while it is open
  Atomic<u32> fdseq;       // + 1 with every use; never 0 while open
  Atomic<u32> atomicInfo;  // closing, expired deadlines, error: to be read without the lock
  Atomic<uintptr> rg, wg;

  Mutex lock;
  bool closing GUARDED_BY(lock);
  // Whether rt and wt are running.
  bool rrun GUARDED_BY(lock);
  bool wrun GUARDED_BY(lock);
  // The numbers of the deadlines in force: a timer that fires with another number is stale, and does nothing.
  u32 rseq GUARDED_BY(lock);
  u32 wseq GUARDED_BY(lock);
  // Deadlines in ns as nanotime counts; < 0: expired, 0: none.
  i64 rd GUARDED_BY(lock);
  i64 wd GUARDED_BY(lock);
  RtTimer rt, wt;  // rt serves for both if rd == wd
};

// Puts fd into the poller. err: the reason if it can't, as for a regular file; fd is then used without the poller.
struct PollOpened {
  PollDesc* pd;
  Errno err;
};
// The name of the system call that an error of the last pollOpen is about.
Str poll_refused();
PollOpened pollOpen(i32 fd) RT0_SYM("runtime.poll_runtime_pollOpen");
// Takes it out. To be called after pollUnblock, when no goroutine uses the descriptor any more.
void pollClose(PollDesc* pd) RT0_SYM("runtime.poll_runtime_pollClose");
// To be called before a system call that may find nothing: forgets readiness that has been reported already.
PollError pollReset(PollDesc* pd, PollMode mode) RT0_SYM("runtime.poll_runtime_pollReset");
// Waits until the descriptor may be ready. Then the caller tries again.
PollError pollWait(PollDesc* pd, PollMode mode) RT0_SYM("runtime.poll_runtime_pollWait");
// Sets the deadline to `when`, in ns as nanotime counts; 0: none; < 0: it has passed.
void pollSetDeadline(PollDesc* pd, i64 when, PollMode mode) RT0_SYM("runtime.poll_runtime_pollSetDeadline");
// Wakes the goroutines that wait; from then on none can wait.
void pollUnblock(PollDesc* pd) RT0_SYM("runtime.poll_runtime_pollUnblock");

// Two functions of NetpollHooks (sched/hooks.h). netpoll returns the goroutines that have become ready.
GList netpoll(i64 delay_ns) RT0_SYM("runtime.netpoll");
void netpollBreak() RT0_SYM("runtime.netpollBreak");

}  // namespace rt0
