#include "sched/syscall.h"

#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/proc.h"
#include "sched/runq.h"

namespace rt0 {

namespace {

// Where a traceback of the goroutine begins while it is in the kernel: at the caller of entersyscall.
RT0_INLINE void save(G* gp) {
  gp->syscallpc = reinterpret_cast<uintptr>(__builtin_return_address(0));
  (void)Isa::return_slot(Isa::frame_pointer(), &gp->syscallbp);
  gp->syscallsp = Isa::frame_pointer();
}

// The world stops, and may be waiting for this P only: gives it up at once.
[[gnu::noinline]] void entersyscall_gcwait(P* pp) {
  lock(&sched.lock);
  if (sched.stopwait > 0 && pp->status.cas_acqrel(PStatus::syscall, PStatus::gcstop)) {
    bump(&pp->syscalltick);
    if (--sched.stopwait == 0) notewakeup(&sched.stopnote);
  }
  unlock(&sched.lock);
}

// Takes the old P, if no other thread has taken it, or an idle one. False if there is none.
bool exitsyscallfast(P* oldp) {
  if (oldp != nullptr && oldp->status.load_relaxed() == PStatus::syscall &&
      oldp->status.cas_acqrel(PStatus::syscall, PStatus::idle)) {
    wirep(oldp);
    return true;
  }
  if (sched.npidle.load_relaxed() == 0) return false;
  lock(&sched.lock);
  P* pp = pidleget();
  unlock(&sched.lock);
  if (pp == nullptr) return false;
  acquirep(pp);
  return true;
}

// On g0, without a P: the goroutine waits for one in the global queue.
void exitsyscall0(G* gp) RT0_SYM("runtime.exitsyscall0");
void exitsyscall0(G* gp) {
  casgstatus(gp, GStatus::syscall, GStatus::runnable);
  dropg();
  bool locked = false;
  lock(&sched.lock);
  P* pp = pidleget();
  if (pp == nullptr) {
    globrunqput(gp);
    // Read under the lock: once that is given back another M may run gp, and gp may unwire itself, unless it is wired
    // to this M.
    locked = gp->lockedm.load_relaxed() != nullptr;
  }
  unlock(&sched.lock);
  if (pp != nullptr) {
    acquirep(pp);
    execute(gp, false);
  }
  if (locked) {
    stoplockedm();
    execute(gp, false);
  }
  stopm();
  schedule();
}

}  // namespace

// The store of the status is sequentially consistent, and gcwaiting is read after it. The thread that stops the
// world writes gcwaiting, then reads the status. So at least one of the two sees the other's write, and the P is not
// overlooked.
void entersyscall() {
  G* gp = getg();
  M* mp = gp->m;
  mp->locks++;  // no preemption between the two states
  save(gp);
  trace(Ev::GoSysCall, gp);
  casgstatus(gp, GStatus::running, GStatus::syscall);
  P* pp = mp->p;
  pp->m.store_relaxed(nullptr);
  mp->oldp = pp;
  mp->p = nullptr;
  pp->kept.store_relaxed(gp->keeps_p ? 1 : 0);  // published by the status
  pp->status.store_seqcst(PStatus::syscall);    // from here on any thread may take the P
  if (RT0_UNLIKELY(sched.gcwaiting.load_seqcst() != 0)) entersyscall_gcwait(pp);
  mp->locks--;
}

void entersyscallblock() {
  G* gp = getg();
  M* mp = gp->m;
  mp->locks++;
  save(gp);
  trace(Ev::GoSysCall, gp);
  casgstatus(gp, GStatus::running, GStatus::syscall);
  bump(&mp->p->syscalltick);
  mp->oldp = nullptr;
  systemstack([] { handoffp(releasep()); });
  mp->locks--;
}

void exitsyscall() {
  G* gp = getg();
  M* mp = gp->m;
  mp->locks++;
  gp->waitsince = 0;
  P* oldp = mp->oldp;
  mp->oldp = nullptr;
  if (RT0_LIKELY(exitsyscallfast(oldp))) {
    casgstatus(gp, GStatus::syscall, GStatus::running);
    bump(&mp->p->syscalltick);
    mp->locks--;
  } else {
    trace(Ev::GoSysBlock, gp);
    mp->locks--;
    mcall(exitsyscall0);
    bump(&gp->m->p->syscalltick);
  }
  gp->syscallsp = 0;
  trace(Ev::GoSysExit, gp);
  preempt_point();
}

}  // namespace rt0
