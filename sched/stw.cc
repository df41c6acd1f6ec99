#include "sched/stw.h"

#include "rt0/runtime.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constinit Atomic<u32> worldsema{0};  // 1: a goroutine stops the world, or has stopped it

constexpr i64 kPatienceNs = 100 * 1000;  // after this time, goroutines that have not stopped are asked again

// Not analysed: once every P has stopped, no thread changes the number until the world starts again.
bool all_have_stopped() NO_LOCK_ANALYSIS { return sched.stopwait == 0; }

// On g0. Stops every P: takes idle ones off their list, takes those in system calls by CAS, and asks the goroutines on
// the others to yield.
void stopTheWorldWithSema() RT0_SYM("runtime.stopTheWorldWithSema");
void stopTheWorldWithSema() {
  M* mp = getg()->m;
  trace(Ev::STWBegin);
  lock(&sched.lock);
  sched.stopwait = gomaxprocs.load_relaxed();
  sched.detour.store_relaxed(1);
  sched.gcwaiting.store_seqcst(1);  // before any status is read; see entersyscall
  preemptall();
  mp->p->status.store_release(PStatus::gcstop);
  sched.stopwait--;
  for (P* pp : procs()) {
    if (!pp->status.cas_seqcst(PStatus::syscall, PStatus::gcstop)) continue;
    bump(&pp->syscalltick);
    sched.stopwait--;
  }
  while (P* pp = pidleget()) {
    pp->status.store_release(PStatus::gcstop);
    sched.stopwait--;
  }
  const bool wait = sched.stopwait > 0;
  unlock(&sched.lock);
  if (wait) {
    while (!notetsleep(&sched.stopnote, kPatienceNs)) preemptall();
    noteclear(&sched.stopnote);
  }
  check(all_have_stopped(), "stopTheWorld: not stopped (stopwait != 0)");
  world_is_stopped = true;
  trace(Ev::STWStopped);
}

void startTheWorldWithSema(i32 n) RT0_SYM("runtime.startTheWorldWithSema");
void startTheWorldWithSema(i32 n) {
  P* p1 = procresize(n > 0 ? n : gomaxprocs.load_relaxed());  // gcwaiting ends in there
  world_is_stopped = false;
  trace(Ev::STWEnd);
  lock(&sched.lock);
  if (sched.sysmonwait.load_relaxed() != 0) {
    sched.sysmonwait.store_relaxed(0);
    notewakeup(&sched.sysmonnote);
  }
  unlock(&sched.lock);
  while (p1 != nullptr) {
    P* pp = p1;
    p1 = pp->link;
    startm(pp, false);
  }
  wakep();  // there may be more work than the Ps with local work can do
}

}  // namespace

void stopTheWorld() {
  while (!worldsema.cas_acquire(0, 1)) gosched();
  (void)acquirem();  // no preemption: this goroutine keeps its P
  systemstack([] { stopTheWorldWithSema(); });
}

void startTheWorld(i32 n) {
  systemstack([n] { startTheWorldWithSema(n); });
  releasem(getg()->m);
  worldsema.store_release(0);
  // A goroutine that stops the world again and again spends nearly all of its time where a signal may not preempt it.
  // So a request that came meanwhile is answered here; else such a loop keeps the only P. No lock is held any more.
  if (getg()->preempt.load_relaxed() != 0) preempt_here();
}

}  // namespace rt0
