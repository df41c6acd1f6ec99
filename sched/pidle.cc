#include "sched/pidle.h"

#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "sched/hooks.h"
#include "sched/mthread.h"
#include "sched/newproc.h"
#include "sched/runq.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constinit i32 allp_cap GUARDED_BY(allpLock) = 0;  // how many Ps the array has room for

PStatus status_of(const P* pp) { return pp->status.load_relaxed(); }
void set_status(P* pp, PStatus s) { pp->status.store_release(s); }

void p_init(P* pp, PId id) RT0_SYM("runtime.p.init");
void p_init(P* pp, PId id) {
  trace_boot(Ev::p_init);
  pp->id = id;
  set_status(pp, PStatus::gcstop);
}

// A P that GOMAXPROCS no longer covers: its goroutines, timers and caches go where other Ps find them.
void p_destroy(P* pp) REQUIRES(sched.lock) {
  // The newest first onto the global queue's head, so that they lie there in the order they had here. Go: p.destroy.
  while (G* gp = runq_pop_tail(pp)) globrunqputhead(gp);
  if (pp->timers.len.load_relaxed() != 0) timer_hooks.load_acquire()->take(getg()->m->p, pp);
  gfpurge(pp);
  if (pp->mcache != nullptr) mcache_flush(pp->mcache);
  pp->goidcache = pp->goidcacheend = 0;  // these ids are lost: there are enough
  set_status(pp, PStatus::dead);
}

// allp grows by copying: thieves read the old array until they see the new one, and the Ps are the same.
void grow_allp(i32 n) REQUIRES(allpLock) {
  if (n <= allp_cap) {
    if (n > allp_len) allp_len = n;
    return;
  }
  const i32 cap = max(n, min(2 * allp_cap, 1 << 17));
  P** bigger = static_cast<P**>(persistentalloc(static_cast<usize>(cap) * sizeof(P*), alignof(P*)));
  for (i32 i = 0; i < allp_len; i++) bigger[i] = allp.load_relaxed()[i];
  allp.store_relaxed(bigger);  // published by gomaxprocs, or by allpLock
  allp_cap = cap;
  allp_len = n;
}

}  // namespace

MCache** getMCache() {
  P* pp = getg()->m->p;
  return pp != nullptr ? &pp->mcache : nullptr;
}

void wirep(P* pp) {
  trace_fn(Ev::wirep);
  M* mp = getg()->m;
  check(mp->p == nullptr, "wirep: already in go");
  check(pp->m.load_relaxed() == nullptr && status_of(pp) == PStatus::idle, "wirep: invalid p state");
  mp->p = pp;
  pp->m.store_relaxed(mp);
  set_status(pp, PStatus::running);
}

void acquirep(P* pp) {
  trace_fn(Ev::acquirep);
  wirep(pp);
  trace(Ev::ProcStart, pp->id);
}

P* releasep() {
  M* mp = getg()->m;
  P* pp = mp->p;
  check(pp != nullptr, "releasep: invalid arg");
  check(pp->m.load_relaxed() == mp && status_of(pp) == PStatus::running, "releasep: invalid p state");
  trace(Ev::ProcStop, pp->id);
  mp->p = nullptr;
  pp->m.store_relaxed(nullptr);
  set_status(pp, PStatus::idle);
  return pp;
}

void pidleput(P* pp) {
  check(runqempty(pp), "pidleput: P has non-empty run queue");
  pp->link = sched.pidle;
  sched.pidle = pp;
  (void)sched.npidle.add_seqcst(1);  // before the last spinner looks at the queues again
}

P* pidleget() {
  P* pp = sched.pidle;
  if (pp != nullptr) {
    sched.pidle = pp->link;
    (void)sched.npidle.sub_seqcst(1);
    // sysmon sleeps only while all Ps are idle, which it has checked under this lock. That ends now. The thread
    // that clears sysmonwait must wake it, once.
    if (sched.sysmonwait.load_relaxed() != 0) {
      sched.sysmonwait.store_relaxed(0);
      notewakeup(&sched.sysmonnote);
    }
  }
  return pp;
}

P* pidlegetSpinning() {
  P* pp = pidleget();
  if (pp == nullptr) sched.needspinning.store_relaxed(1);  // the threads that act on it read it under sched.lock, too
  return pp;
}

// Why no goroutine is left on a queue while a P is idle. The caller has queued a goroutine: it stored runnext (A1, in
// runqput), and then wakep reads nmspinning (A2). A spinner that gives up lowers nmspinning (B1), then reads every
// runnext (B2, in runqempty). All four are sequentially consistent, so they have one order, in which A1 is before A2
// and B1 before B2. Either A2 sees the lowered count, and wakep starts an M, or B2 sees the goroutine. For the global
// queue sched.lock does the same, since both sides look at it with the lock held.
void wakep() {
  trace_fn(Ev::wakep);
  if (alone() || sched.nmspinning.load_seqcst() != 0) return;
  if (sched.npidle.load_seqcst() == 0) {
    // There is no idle P to wake an M for. An M that is about to go idle without having spun must look again, or the
    // goroutine would lie there unseen. That M raises npidle, then reads needspinning (rest in proc.cc); this thread
    // writes needspinning, then reads npidle; so at least one of them sees the other's write. If needspinning is 1
    // already, nothing needs to be done: the M that makes it 0 raises nmspinning first and looks at the queues
    // afterwards, so it finds the goroutine.
    if (sched.needspinning.load_relaxed() != 0) return;
    sched.needspinning.store_seqcst(1);
    if (sched.npidle.load_seqcst() == 0) return;
  }
  if (!sched.nmspinning.cas_seqcst(0, 1)) return;
  (void)acquirem();  // no preemption until another M has the P
  lock(&sched.lock);
  P* pp = pidlegetSpinning();
  unlock(&sched.lock);
  if (pp == nullptr) {
    check(static_cast<i32>(sched.nmspinning.sub_seqcst(1)) >= 0, "wakep: negative nmspinning");
  } else {
    startm(pp, true);
  }
  releasem(getg()->m);
}

bool start_idle() {
  lock(&sched.lock);
  P* pp = pidlegetSpinning();
  unlock(&sched.lock);
  if (pp != nullptr) startm(pp, false);
  return pp != nullptr;
}

// handoffp must start an M in every situation in which findrunnable would return a goroutine to run on pp.
void handoffp(P* pp) {
  trace(Ev::ProcHandoff, pp->id);
  if (!runqempty(pp) || sched.runqsize.load_relaxed() != 0) {
    startm(pp, false);
    return;
  }
  // No work here. If no M is spinning and no P is idle, an M must spin with this P: work may appear on busy Ps, and no
  // other M would steal it.
  if (sched.nmspinning.load_seqcst() + sched.npidle.load_seqcst() == 0 && sched.nmspinning.cas_seqcst(0, 1)) {
    sched.needspinning.store_relaxed(0);
    startm(pp, true);
    return;
  }
  lock(&sched.lock);
  if (sched.gcwaiting.load_relaxed() != 0) {
    set_status(pp, PStatus::gcstop);
    if (--sched.stopwait == 0) notewakeup(&sched.stopnote);
    unlock(&sched.lock);
    return;
  }
  if (sched.runqsize.load_relaxed() != 0) {
    unlock(&sched.lock);
    startm(pp, false);
    return;
  }
  // This is the last running P, and no M waits for the network or for timers: an M must do so with this P.
  const bool unpolled = sched.npidle.load_relaxed() == static_cast<u32>(gomaxprocs.load_relaxed()) - 1 &&
                        sched.polling.load_relaxed() == 0;
  const NetpollHooks* net = netpoll_hooks.load_acquire();
  if (unpolled && net != nullptr && net->waiters() != 0) {
    unlock(&sched.lock);
    startm(pp, false);
    return;
  }
  // Only the P's own M knew when its timers are due. The M that waits in the poller must know that from here on.
  const i64 when = pp->timers.len.load_relaxed() != 0 ? timer_hooks.load_acquire()->wake_time(pp) : 0;
  if (when != 0 && unpolled) {
    unlock(&sched.lock);
    startm(pp, false);
    return;
  }
  pidleput(pp);
  // As in rest(): wakep writes needspinning, then reads npidle; this raises npidle, then reads needspinning. If a
  // thread made work and found no idle P, it relies on this M to look for that work.
  const bool wanted = sched.needspinning.load_seqcst() != 0;
  if (wanted) {
    check(pidleget() == pp, "handoffp: another p");
    (void)sched.nmspinning.add_seqcst(1);
    sched.needspinning.store_relaxed(0);
  }
  unlock(&sched.lock);
  if (wanted) startm(pp, true);
  else if (when != 0) wakeNetPoller(when);
}

P* procresize(i32 n) {
  trace_boot(Ev::procresize);
  check(world_is_stopped, "procresize: the world is not stopped");
  check(gomaxprocs.load_relaxed() >= 0 && n > 0, "procresize: invalid arg");
  const i32 old = gomaxprocs.load_relaxed();
  trace(Ev::ProcsChange, n);

  lock(&allpLock);
  grow_allp(n);
  P** const all = allp.load_relaxed();
  for (i32 i = old; i < n; i++) {
    if (all[i] == nullptr) {
      all[i] = persistentnew<P>();
      // Only when the P is new: a stopped timer may still have a dead P's heap as its home.
      lockInit(&all[i]->timers.lock, LockRank::timers);
    }
    p_init(all[i], i);
  }
  unlock(&allpLock);

  M* mp = getg()->m;
  if (mp->p != nullptr && mp->p->id < n) {
    set_status(mp->p, PStatus::running);
  } else {
    // This M's own P dies, or it has none yet: it takes P 0.
    if (mp->p != nullptr) {
      mp->p->m.store_relaxed(nullptr);
      mp->p = nullptr;
    }
    P* pp = all[0];
    pp->m.store_relaxed(nullptr);
    set_status(pp, PStatus::idle);
    acquirep(pp);
  }
  lock(&sched.lock);
  for (i32 i = n; i < old; i++) p_destroy(all[i]);
  gomaxprocs.store_release(n);  // after allp: see procs()

  P* runnable = nullptr;
  for (i32 i = n - 1; i >= 0; i--) {
    P* pp = all[i];
    if (pp == mp->p) continue;
    set_status(pp, PStatus::idle);
    if (runqempty(pp)) {
      pidleput(pp);
    } else {
      pp->link = runnable;
      runnable = pp;
    }
  }
  // Before the lock is given back: after that, an M that comes back from a system call may take one of these Ps.
  sched.detour.store_relaxed(sim_picks_goroutines ? 1 : 0);
  sched.gcwaiting.store_seqcst(0);
  unlock(&sched.lock);
  return runnable;
}

}  // namespace rt0
