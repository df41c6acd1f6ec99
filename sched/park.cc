// Parking: how a running G stops, and how a waker makes it runnable again. Go: proc.go gopark, ready,
// Gosched, lockOSThread.
//
// gopark() leaves the G's stack first, marks it waiting, and only then calls unlockf, which drops the lock that guards
// the wait queue. A waker needs that lock to find the G, so it finds the G already waiting: no wake-up is lost.
#include "sched/leave.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/proc.h"
#include "sched/runq.h"
#include "sched/sim_next.h"
#include "sched/thread_pointer.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

// Not analysed: the lock was taken by the parking goroutine, which goparkunlock says, and is given back here, on g0 or
// on the next goroutine's stack.
bool parkunlock(G*, void* l) NO_LOCK_ANALYSIS {
  unlock(static_cast<Mutex*>(l));
  return true;
}

// gp has left its stack. Returns what unlockf returns: whether gp is to wait.
bool commit(M* mp, G* gp) {
  auto unlockf = mp->waitunlockf;
  mp->waitunlockf = nullptr;
  return unlockf == nullptr || unlockf(gp, mp->waitlock);
}

}  // namespace

void park_m(G* gp) {
  M* mp = getg()->m;
  casgstatus(gp, GStatus::running, GStatus::waiting);
  dropg();
  if (!commit(mp, gp)) {
    casgstatus(gp, GStatus::waiting, GStatus::runnable);
    trace(Ev::GoUnblock, gp);
    execute(gp, true);
  }
  schedule();
}

void parked(G* gp) {
  M* mp = getg()->m;
  casgstatus(gp, GStatus::running, GStatus::waiting);
  if (!commit(mp, gp)) {
    casgstatus(gp, GStatus::waiting, GStatus::runnable);
    trace(Ev::GoUnblock, gp);
    runqput(mp->p, gp, true);
    wakep();  // another goroutine runs here already, so an idle P may take this one
  }
}

void goschedImpl(G* gp) {
  casgstatus(gp, GStatus::running, GStatus::runnable);
  lock(&sched.lock);
  globrunqput(gp);
  unlock(&sched.lock);
  if (mainStarted) wakep();
}
void gosched_m(G* gp) {
  dropg();
  goschedImpl(gp);
  schedule();
}

void goyielded(G* gp) {
  casgstatus(gp, GStatus::running, GStatus::runnable);
  runqput(getg()->m->p, gp, false);
}
void goyield_m(G* gp) {
  dropg();
  goyielded(gp);
  schedule();
}

namespace {

// If only the global queue has work, runs its next goroutine and puts gp at its end. This P's share of the queue
// may reach as far as gp, and then gp becomes the last of this P's queue. That is decided before gp is left, as if it
// lay on the queue already. False if schedule() has to look for work.
bool switch_to_global(M* mp, G* gp) {
  P* pp = mp->p;
  if (mp->lockedg != nullptr || mp->booting || !runqempty(pp) || pp->timers.len.load_relaxed() != 0 ||
      pp->schedtick.load_relaxed() % 61 == 0)
    return false;
  if (RT0_UNLIKELY(sched.detour.load_relaxed() != 0)) {
    if (!sim_picks_goroutines || sched.gcwaiting.load_relaxed() != 0) return false;
    if (G* picked = sim_next(pp, nullptr, true); picked != nullptr) {
      bump(&pp->schedtick);
      switch_to(gp, picked, goschedImpl);
      return true;
    }
  }
  lock(&sched.lock);
  bool self_local;
  G* next = globrunq_wired_next() ? nullptr : globrunqget_behind(pp, &self_local);
  unlock(&sched.lock);
  if (next == nullptr) return false;
  bump(&pp->schedtick);
  switch_to(gp, next, self_local ? goyielded : goschedImpl);
  return true;
}

void yield(Str why) {
  G* gp = getg();
  gp->m->p->preempt.store_relaxed(0);  // the request is fulfilled
  if (tracing()) trace_text(Ev::GoStop, gp, why);
  if (!switch_to_global(gp->m, gp)) leave(gp, kGosched);
}

}  // namespace

void gopark(bool (*unlockf)(G*, void*), void* lock_arg, WaitReason reason) {
  G* gp = getg();
  M* mp = gp->m;
  check(readgstatus(gp) == GStatus::running, "gopark: bad g status");
  mp->waitlock = lock_arg;
  mp->waitunlockf = unlockf;
  gp->waitreason = reason;
  gp->waitsince = 0;
  trace_made(Ev::GoBlock, gp, [reason] { return wait_reason_text(reason); });
  // A sleeper's unlockf starts its timer, which may be due at once. So the next goroutine can be chosen only after
  // that.
  if (reason == WaitReason::sleep) mcall(park_m);
  else leave(gp, kPark);
}

// Not analysed: parkunlock gives the lock back when the goroutine has left its stack.
void goparkunlock(Mutex* l, WaitReason reason) NO_LOCK_ANALYSIS { gopark(parkunlock, l, reason); }

void ready(G* gp, bool next) {
  M* mp = acquirem();  // keeps the P while it is in a local variable
  casgstatus(gp, GStatus::waiting, GStatus::runnable);
  trace(Ev::GoUnblock, gp);
  runqput(mp->p, gp, next);
  wakep();
  releasem(mp);
}

void goready(G* gp) { ready(gp, true); }

void dropg() {
  M* mp = getg()->m;
  mp->curg.load_relaxed()->m = nullptr;
  mp->curg.store_relaxed(nullptr);
  thread_pointer_to(mp);
}

void gosched() { yield("Gosched"); }
void gopreempt() { yield("preempted"); }

void goyield() {
  G* gp = getg();
  trace_text(Ev::GoStop, gp, "preempted");
  leave(gp, kGoyield);
}

void dolockOSThread() {
  trace_fn(Ev::dolockOSThread);
  G* gp = getg();
  gp->m->lockedg = gp;
  gp->lockedm.store_relaxed(gp->m);
  trace(Ev::MLock, gp);
}

void dounlockOSThread() {
  trace_fn(Ev::dounlockOSThread);
  G* gp = getg();
  if (gp->m->lockedInt != 0 || gp->m->lockedExt != 0) return;
  gp->m->lockedg = nullptr;
  gp->lockedm.store_relaxed(nullptr);
  trace(Ev::MUnlock, gp);
}

void lockOSThread() {
  trace_boot(Ev::lockOSThread);
  getg()->m->lockedInt++;
  dolockOSThread();
}

void unlockOSThread() {
  trace_boot(Ev::unlockOSThread);
  M* mp = getg()->m;
  check(mp->lockedInt != 0, "runtime: internal error: misuse of lockOSThread/unlockOSThread");
  mp->lockedInt--;
  dounlockOSThread();
}

// The M's own goroutine is not runnable yet. Another M gets the P, to run the goroutines that will make it runnable, or
// any others meanwhile.
void stoplockedm() {
  M* mp = getg()->m;
  check(mp->lockedg != nullptr && mp->lockedg->lockedm.load_relaxed() == mp, "stoplockedm: inconsistent locking");
  if (mp->p != nullptr) handoffp(releasep());
  lock(&sched.lock);
  sched.nmidlelocked++;
  checkdead();
  unlock(&sched.lock);
  mPark();
  check(readgstatus(mp->lockedg) == GStatus::runnable, "stoplockedm: not runnable");
  acquirep(mp->nextp);
  mp->nextp = nullptr;
}

void startlockedm(G* gp) {
  M* mp = gp->lockedm.load_relaxed();
  check(mp != getg()->m, "startlockedm: locked to me");
  check(mp->nextp == nullptr, "startlockedm: m has p");
  lock(&sched.lock);
  sched.nmidlelocked--;  // it is no longer idle: it gets this M's P
  unlock(&sched.lock);
  P* pp = releasep();
  mp->nextp = pp;  // the note publishes it to mp
  trace(Ev::MWake, mp->id);
  notewakeup(&mp->park);
  stopm();
}

}  // namespace rt0
