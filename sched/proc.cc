// The scheduling loop: schedule → findrunnable → execute → gogo. Go: proc.go. Differs: no collector, network or timers yet.
//
// What must never happen: a goroutine is runnable, a P is idle, and nobody is looking. The protocol against it:
//   * who makes work calls wakep(): if a P is idle and no M is spinning, one is started, spinning;
//   * who spins and finds work calls resetspinning(), which starts the next spinner, if need be;
//   * who spins and finds none gives its P up first, then lowers nmspinning, then looks at all queues once more.
// Maker: queue, then nmspinning. Last spinner: nmspinning, then queues. With a full barrier between on both sides, at least
// one of the two sees the other. Go: "Worker thread parking/unparking" in proc.go.
#include "sched/proc.h"

#include "kernel_iface/kernel.h"
#include "sched/alg.h"
#include "sched/hooks.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/runq.h"
#include "sched/tracer.h"

namespace rt0 {

constinit Atomic<const TimerHooks*> timer_hooks{nullptr};
constinit Atomic<const NetpollHooks*> netpoll_hooks{nullptr};

namespace {

constexpr u32 kGlobalTick = 61;  // how often the global queue comes before the local one
constexpr u32 kStealTries = 4;

// Now and then the global queue first: two goroutines that keep respawning each other on the local queue would starve it.
Runnable fair_global(P* pp) {
  if (pp->schedtick % kGlobalTick != 0 || sched.runqsize.load_relaxed() == 0) return {};
  lock(&sched.lock);
  G* gp = globrunqget(pp, 1);
  unlock(&sched.lock);
  return {gp, false, false};
}

Runnable global(P* pp) {
  if (sched.runqsize.load_relaxed() == 0) return {};
  lock(&sched.lock);
  G* gp = globrunqget(pp, 0);
  unlock(&sched.lock);
  return {gp, false, false};
}

u32 gcd(u32 a, u32 b) {
  while (b != 0) {
    const u32 r = a % b;
    a = b;
    b = r;
  }
  return a;
}

// Visits all of [0, n) once, from a random start with a random step that shares no factor with n. Go: randomOrder.
struct RandomOrder {
  u32 n, at, step, left;

  explicit RandomOrder(u32 count) : n(count), at(cheaprandn(count)), step(1), left(count) {
    if (count > 2) {
      step = 1 + cheaprandn(count - 1);
      while (gcd(step, count) != 1) step++;
    }
  }
  bool next(u32* i) {
    if (left == 0) return false;
    left--;
    *i = at;
    at = (at + step) % n;
    return true;
  }
};

// Half of somebody's queue; runnext only in the last of four rounds. Go: stealWork.
G* stealWork(P* pp) {
  for (u32 i = 0; i < kStealTries; i++) {
    RandomOrder order(static_cast<u32>(gomaxprocs));
    for (u32 v; order.next(&v);) {
      P* victim = allp[v];
      if (victim == pp || static_cast<PStatus>(victim->status.load_relaxed()) == PStatus::idle) continue;
      if (G* gp = runqsteal(pp, victim, i == kStealTries - 1); gp != nullptr) return gp;
    }
  }
  return nullptr;
}

// May this M look for work in other queues? No more spinners than half the busy Ps: they burn CPU. Go: findRunnable.
bool may_spin(const M* mp) {
  if (mp->spinning) return true;
  const u32 busy = static_cast<u32>(gomaxprocs) - sched.npidle.load_relaxed();
  return 2 * sched.nmspinning.load_relaxed() < busy;
}

void become_spinning(M* mp) {
  mp->spinning = true;
  (void)sched.nmspinning.add_seqcst(1);
  sched.needspinning.store_relaxed(0);
}

// All queues once more, without a P. If one has work, takes an idle P for it. Go: checkRunqsNoP.
P* checkRunqsNoP() {
  for (i32 i = 0; i < gomaxprocs; i++) {
    if (runqempty(allp[i])) continue;
    lock(&sched.lock);
    P* pp = pidlegetSpinning();
    unlock(&sched.lock);
    return pp;  // null: no P for us, so whoever has one will find the work
  }
  return nullptr;
}

// Nothing found: gives the P up and sleeps; true if there is a reason to look again at once (then this M has a P).
bool give_up_p(M* mp, P* pp, G** found) {
  lock(&sched.lock);
  if (sched.runqsize.load_relaxed() != 0) {
    *found = globrunqget(pp, 0);
    unlock(&sched.lock);
    return true;
  }
  if (!mp->spinning && sched.needspinning.load_relaxed() != 0) {
    // Somebody asked for a spinner since we looked: be it, and look again.
    become_spinning(mp);
    unlock(&sched.lock);
    return true;
  }
  check(releasep() == pp, "findrunnable: wrong p");
  pidleput(pp);
  unlock(&sched.lock);

  // The delicate dance: the P is given up and everybody can see that; now lower nmspinning, and only then look again. A
  // maker of work who saw us spinning and therefore woke nobody has queued before we look (seq_cst on both sides).
  const bool was_spinning = mp->spinning;
  if (!was_spinning) return false;
  mp->spinning = false;
  check(static_cast<i32>(sched.nmspinning.add_seqcst(static_cast<u32>(-1))) >= 0, "findrunnable: negative nmspinning");

  lock(&sched.lock);
  if (sched.runqsize.load_relaxed() != 0) {
    P* idle = pidlegetSpinning();
    if (idle != nullptr) {
      *found = globrunqget(idle, 0);
      unlock(&sched.lock);
      check(*found != nullptr, "global runq empty with non-zero runqsize");
      acquirep(idle);
      become_spinning(mp);
      return true;
    }
  }
  unlock(&sched.lock);
  P* idle = checkRunqsNoP();
  if (idle == nullptr) return false;
  acquirep(idle);
  become_spinning(mp);
  return true;
}

// Provisional: timers and the network, until the real wiring is there.
constinit Atomic<u32> poller{0};  // 1: an M waits in poll
void inject(GList list) {
  if (list.empty()) return;
  GQueue q;
  u32 n = 0;
  while (G* gp = list.pop()) {
    casgstatus(gp, GStatus::waiting, GStatus::runnable);
    trace(Ev::GoUnblock, static_cast<i64>(gp->goid));
    q.push_back(gp);
    n++;
  }
  lock(&sched.lock);
  globrunqputbatch(&q, n);
  unlock(&sched.lock);
  wakep();
}
bool look_around(P* pp) {
  bool found = false;
  if (const TimerHooks* th = timer_hooks.load_acquire(); th != nullptr) {
    found = th->check(pp, 0).ran;
    for (i32 i = 0; i < gomaxprocs; i++)
      if (allp[i] != pp && static_cast<PStatus>(allp[i]->status.load_relaxed()) == PStatus::idle) found |= th->check(allp[i], 0).ran;
  }
  if (const NetpollHooks* nh = netpoll_hooks.load_acquire(); nh != nullptr && nh->waiters() > 0) {
    GList list = nh->poll(0);
    found |= !list.empty();
    inject(list);
  }
  return found;
}
bool wait_for_network(M* mp) {
  const NetpollHooks* nh = netpoll_hooks.load_acquire();
  if (nh == nullptr || !poller.cas_seqcst(0, 1)) return false;
  i64 delay = -1;
  if (const TimerHooks* th = timer_hooks.load_acquire(); th != nullptr) {
    i64 first = 0;
    for (i32 i = 0; i < gomaxprocs; i++)
      if (const i64 w = th->wake_time(allp[i]); w != 0 && (first == 0 || w < first)) first = w;
    if (first != 0) delay = max<i64>(first - kernel->nanotime(), 0);
  }
  if (delay < 0 && nh->waiters() == 0) {
    poller.store_seqcst(0);
    return false;
  }
  GList list = nh->poll(delay);
  poller.store_seqcst(0);
  lock(&sched.lock);
  P* pp = pidleget();
  unlock(&sched.lock);
  if (pp != nullptr) {
    acquirep(pp);
    become_spinning(mp);
    inject(list);
    return true;
  }
  inject(list);
  return false;
}

// A goroutine to run; sleeps until there is one.
Runnable findrunnable() RT0_SYM("runtime.findrunnable");
Runnable findrunnable() {
  trace_fn(Ev::findrunnable);
  M* mp = getg()->m;
  for (;;) {
    P* pp = mp->p;
    if (pp->schedtick % 16 == 0) (void)look_around(pp);
    if (Runnable r = fair_global(pp); r.gp != nullptr) return r;
    if (Runnable r = runqget(pp); r.gp != nullptr) return r;
    if (Runnable r = global(pp); r.gp != nullptr) return r;
    if (look_around(pp)) continue;
    if (may_spin(mp)) {
      if (!mp->spinning) become_spinning(mp);
      if (G* gp = stealWork(pp); gp != nullptr) return {gp, false, false};
    }
    G* found = nullptr;
    if (give_up_p(mp, pp, &found)) {
      if (found != nullptr) return {found, false, false};
      continue;
    }
    if (wait_for_network(mp)) continue;
    stopm();
  }
}

// This M was spinning and has found work: one spinner less, and perhaps the next one is needed, for there may be more
// where this came from. Go: resetspinning.
void resetspinning() {
  M* mp = getg()->m;
  check(mp->spinning, "resetspinning: not a spinning m");
  mp->spinning = false;
  const i32 left = static_cast<i32>(sched.nmspinning.add_seqcst(static_cast<u32>(-1)));
  check(left >= 0, "resetspinning: negative nmspinning");
  wakep();
}

}  // namespace

void execute(G* gp, bool inherit_time) {
  trace_fn(Ev::execute);
  M* mp = getg()->m;
  mp->booting = mp == &m0 && !mainStarted;  // m0 goes on booting on G1, until main.main; see runtime.main
  mp->curg = gp;
  gp->m = mp;
  casgstatus(gp, GStatus::runnable, GStatus::running);
  gp->stackguard0 = gp->stack.lo;
  // The first goroutine of a P has nobody's time slice to inherit. Without this the tick would still be 0 at main's first gosched,
  // and 0 is a multiple of 61: the global queue, with main in it, would come before the goroutine main has just started.
  if (!inherit_time || mp->p->schedtick == 0) mp->p->schedtick++;
  trace(Ev::GoStart, static_cast<i64>(gp->goid));
  trace_fn(Ev::gogo);
  gogo(&gp->sched);
}

void schedule() {
  trace_fn(Ev::schedule);
  M* mp = getg()->m;
  check(mp->locks == 0, "schedule: holding locks");
  if (mp->lockedg != nullptr) {
    stoplockedm();
    execute(mp->lockedg, false);
  }
  for (;;) {
    check(!mp->spinning || runqempty(mp->p), "schedule: spinning with local work");
    const Runnable r = findrunnable();
    if (mp->spinning) resetspinning();
    if (r.try_wake_p) wakep();
    if (r.gp->lockedm != nullptr) {
      startlockedm(r.gp);  // its M gets our P; we come back with another
      continue;
    }
    execute(r.gp, r.inherit_time);
  }
}

void wakeNetPoller(i64) {
  const NetpollHooks* nh = netpoll_hooks.load_acquire();
  if (nh == nullptr) return;
  if (poller.load_seqcst() != 0) nh->wake();
}

}  // namespace rt0
