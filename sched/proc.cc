// The scheduling loop: schedule → findrunnable → execute → gogo. Go: proc.go. Differs: no collector; a goroutine that
// stops when the next one is known switches directly to it (leave), without g0; if there is only one P, it leaves out
// what thieves make necessary.
//
// What must never happen: a goroutine is runnable, a P is idle, and no M is looking for work. The protocol against it:
//   * a thread that makes work calls wakep(): if a P is idle and no M is spinning, an M is started, spinning;
//   * a spinning M that finds work calls resetspinning(), which starts the next spinner, if there is to be one;
//   * a spinning M that finds none gives its P up first, then lowers nmspinning, then looks at all queues once more.
// The maker of work writes a queue, then reads nmspinning. The last spinner writes nmspinning, then reads the queues.
// With a full barrier between the two steps on both sides, at least one of the threads sees what the other has written.
// Go: "Worker thread parking/unparking" in proc.go.
#include "sched/proc.h"

#include "sched/hooks.h"
#include "sched/leave.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/rand.h"
#include "sched/runq.h"
#include "sched/sim_next.h"
#include "sched/thread_pointer.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr u32 kGlobalTick = 61;  // at every 61st time slice the global queue comes before the local one
constexpr u32 kStealTries = 4;

// Now and then the global queue first: two goroutines that start each other again and again on the local queue
// would otherwise keep it waiting for ever.
Runnable fair_global(P* pp) {
  if (pp->schedtick.load_relaxed() % kGlobalTick != 0 || sched.runqsize.load_relaxed() == 0) return {};
  lock(&sched.lock);
  G* gp = globrunqget(pp, 1);
  unlock(&sched.lock);
  return {gp, false};
}

Runnable global(P* pp) {
  if (sched.runqsize.load_relaxed() == 0) return {};
  lock(&sched.lock);
  G* gp = globrunqget(pp, 0);
  unlock(&sched.lock);
  return {gp, false};
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

TimerHooks::Checked check_timers(P* pp, i64 now) {
  if (pp->timers.len.load_relaxed() == 0) return {now, 0, false};
  return timer_hooks.load_acquire()->check(pp, now);
}

i64 sooner(i64 a, i64 b) { return a == 0 || (b != 0 && b < a) ? b : a; }

// What one M knows while it looks for work.
struct Search {
  i64 now = 0;         // ns; 0: the clock has not been asked
  i64 poll_until = 0;  // ns, the earliest deadline met; 0: none
  bool ran_timers = false;
};

// Takes half of another P's queue; in the last of four rounds also its runnext, and runs its timers that are due. Go:
// stealWork.
Runnable stealWork(P* pp, Search* s) {
  for (u32 i = 0; i < kStealTries; i++) {
    const bool last = i == kStealTries - 1;
    const Procs all = procs();
    RandomOrder order(static_cast<u32>(all.n));
    for (u32 v; order.next(&v);) {
      if (sched.gcwaiting.load_relaxed() != 0) return {};
      P* victim = all.at[v];
      if (victim == pp) continue;
      if (last) {
        // A sleeping goroutine's timer may be on the heap of a P that has no M, or whose M is busy.
        const TimerHooks::Checked c = check_timers(victim, s->now);
        s->now = c.now;
        s->poll_until = sooner(s->poll_until, c.poll_until);
        if (c.ran) {
          // The goroutines that the timers made ready are on this P's queue, unless that was full.
          if (Runnable r = runqget(pp); r.gp != nullptr) return r;
          s->ran_timers = true;
        }
      }
      // An idle P with a queue is being handed over: its M is on the way. This M may take from the queue meanwhile, for
      // a thief needs no owner: the head moves by compare and swap only, the tail was stored by a former owner, and the
      // M that comes may find less than there was. Without this, an M that gives up would find the queue full in
      // checkRunqsNoP, take another P for it, and find nothing to steal, again and again: each round takes
      // sched.lock, for which the M on the way waits.
      if (victim->status.load_relaxed() == PStatus::idle && runqempty(victim)) continue;
      if (G* gp = runqsteal(pp, victim, last); gp != nullptr) return {gp, false};
    }
  }
  return {};
}

// May this M look for work in other queues? At most half as many Ms as there are busy Ps may spin, because spinning
// costs CPU time. Go: findRunnable.
bool may_spin(const M* mp) {
  if (mp->spinning) return true;
  const u32 busy = static_cast<u32>(gomaxprocs.load_relaxed()) - sched.npidle.load_relaxed();
  return 2 * sched.nmspinning.load_relaxed() < busy;
}

void become_spinning(M* mp) {
  mp->spinning = true;
  (void)sched.nmspinning.add_seqcst(1);
  sched.needspinning.store_relaxed(0);
}

// All queues once more, without a P. If one has work, takes an idle P for it. Go: checkRunqsNoP.
P* checkRunqsNoP() {
  for (P* full : procs()) {
    if (runqempty(full)) continue;
    lock(&sched.lock);
    P* pp = pidlegetSpinning();
    unlock(&sched.lock);
    return pp;  // null: no P is idle, so an M that has a P will find the work
  }
  return nullptr;
}

// Of the goroutines that the network has made ready, returns the first; the others go to the queues. Go: findRunnable.
G* netpolled(GList list) {
  G* gp = list.pop();
  injectglist(&list);
  casgstatus(gp, GStatus::waiting, GStatus::runnable);
  trace(Ev::GoUnblock, gp);
  return gp;
}
// Asks the network, without waiting.
G* poll_now() {
  const NetpollHooks* net = netpoll_hooks.load_acquire();
  // If an M waits in the poller, it finds goroutines that become ready sooner than this M would.
  if (net == nullptr || net->waiters() == 0 || sched.polling.load_relaxed() != 0) return nullptr;
  GList list = net->poll(0);
  return list.empty() ? nullptr : netpolled(list);
}

// The P is given up, and other threads see it as idle. Now lowers nmspinning, and only then looks at the queues again:
// a thread that made work, saw this M spinning and therefore woke no other has queued its goroutine before this look
// (sequentially consistent on both sides). True if this M has a P again, and a reason to look.
bool stop_spinning(M* mp, Search* s, G** found) {
  mp->spinning = false;
  check(static_cast<i32>(sched.nmspinning.sub_seqcst(1)) >= 0, "findrunnable: negative nmspinning");
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
  if (idle != nullptr) {
    acquirep(idle);
    become_spinning(mp);
    return true;
  }
  // Timers that other threads have set meanwhile, relying on this M to look at them. Go: checkTimersNoP.
  const TimerHooks* timers = timer_hooks.load_acquire();
  if (timers == nullptr) return false;
  // timers.len is not looked at first: wakeNetPoller relies on this read of wake_time coming after nmspinning was
  // lowered.
  for (P* pp : procs()) s->poll_until = sooner(s->poll_until, timers->wake_time(pp));
  return false;
}

// Nothing was found: gives the P up and sleeps, in the poller or in stopm. Returns with a P and perhaps a goroutine.
G* rest(M* mp, P* pp, Search* s) {
  lock(&sched.lock);
  if (sched.gcwaiting.load_relaxed() != 0) {
    unlock(&sched.lock);
    return nullptr;
  }
  if (sched.runqsize.load_relaxed() != 0) {
    G* gp = globrunqget(pp, 0);
    unlock(&sched.lock);
    return gp;
  }
  if (!mp->spinning && sched.needspinning.load_relaxed() != 0) {
    become_spinning(mp);  // a thread has wanted a spinner since the search: this M becomes it, and looks again
    unlock(&sched.lock);
    return nullptr;
  }
  check(releasep() == pp, "findrunnable: wrong p");
  pidleput(pp);
  // The counterpart of wakep, which writes needspinning, then reads npidle: this M has raised npidle and now reads
  // needspinning. One of the two sees the other's write, so a new goroutine is not left without an M that looks for it.
  const bool wanted = !mp->spinning && sched.needspinning.load_seqcst() != 0;
  if (wanted) check(pidleget() == pp, "findrunnable: another p");
  unlock(&sched.lock);
  if (wanted) {
    acquirep(pp);
    become_spinning(mp);
    return nullptr;
  }

  const bool was_spinning = mp->spinning;
  G* found = nullptr;
  if (was_spinning && stop_spinning(mp, s, &found)) return found;

  GList list;
  if (!poll_until(s->now, s->poll_until, &list)) {
    stopm();
    return nullptr;
  }
  lock(&sched.lock);
  pp = pidleget();
  unlock(&sched.lock);
  if (pp == nullptr) {
    injectglist(&list);
    stopm();
    return nullptr;
  }
  acquirep(pp);
  if (!list.empty()) return netpolled(list);
  if (was_spinning) become_spinning(mp);
  return nullptr;
}

// A goroutine to run; sleeps until there is one.
Runnable findrunnable() RT0_SYM("runtime.findrunnable");
Runnable findrunnable() {
  trace_fn(Ev::findrunnable);
  M* mp = getg()->m;
  for (;;) {
    if (sched.gcwaiting.load_relaxed() != 0) {
      gcstopm();
      continue;
    }
    P* pp = mp->p;
    Search s;
    const TimerHooks::Checked c = check_timers(pp, 0);
    s.now = c.now;
    s.poll_until = c.poll_until;
    // Goroutines that wake each other, or are woken by timers, and park in turn all run in one inherited time slice,
    // each for so short a time that sysmon's request to yield mostly comes to a goroutine that has just stopped, or to
    // none. So the request is also kept in the P: the next goroutine that parks comes here (next_here), where the slice
    // ends for all of them. After the timers, because one that is due fills runnext again each time. Otherwise they
    // could keep the P for ever. In Go a function's prologue sees the request.
    if (RT0_UNLIKELY(pp->preempt.load_relaxed() != 0)) end_slice(pp);
    if (RT0_UNLIKELY(sim_picks_goroutines))
      if (G* gp = sim_next(pp); gp != nullptr) return {gp, false};
    if (Runnable r = fair_global(pp); r.gp != nullptr) return r;
    if (Runnable r = runqget(pp); r.gp != nullptr) return r;
    if (Runnable r = global(pp); r.gp != nullptr) return r;
    if (G* gp = poll_now(); gp != nullptr) return {gp, false};
    if (may_spin(mp)) {
      if (!mp->spinning) become_spinning(mp);
      if (Runnable r = stealWork(pp, &s); r.gp != nullptr) {
        if (RT0_UNLIKELY(sim_picks_goroutines)) r.gp = sim_next(pp, r.gp);
        return r;
      }
      if (s.ran_timers) continue;  // a timer's function may have made work
    }
    if (G* gp = rest(mp, pp, &s); gp != nullptr) return {gp, false};
  }
}

// This M was spinning and has found work, so there is one spinner less. Where the work came from there may be more, so
// wakep starts another spinner if none is left. Go: resetspinning.
void resetspinning() {
  M* mp = getg()->m;
  check(mp->spinning, "resetspinning: not a spinning m");
  mp->spinning = false;
  const i32 left = static_cast<i32>(sched.nmspinning.sub_seqcst(1));
  check(left >= 0, "resetspinning: negative nmspinning");
  wakep();
}

// What next_here does if sched.detour says that something may be unusual. Out of line to keep next_here short.
[[gnu::noinline]] G* next_by_choice(P* pp) {
  if (!sim_picks_goroutines || sched.gcwaiting.load_relaxed() != 0) return nullptr;
  Runnable r;
  if (!runqempty(pp)) r.gp = sim_next(pp, nullptr, true);
  if (r.gp == nullptr) r = runqget_unwired(pp);
  if (r.gp != nullptr && !r.inherit_time) bump(&pp->schedtick);
  return r.gp;
}

// Takes the goroutine that this P may run next off its queue, so that it can be switched to without going over g0. Null
// if there is none, or if schedule() has to look for one because something else is due. A wired goroutine stays on the
// queue: only schedule() can hand it to its M, and a goroutine that is on no queue until then would be lost if
// schedule() did not come next.
G* next_here(M* mp, P* pp) {
  if (mp->lockedg != nullptr || mp->booting || pp->preempt.load_relaxed() != 0 || pp->timers.len.load_relaxed() != 0 ||
      (pp->schedtick.load_relaxed() % kGlobalTick == 0 && sched.runqsize.load_relaxed() != 0))
    return nullptr;
  if (RT0_UNLIKELY(sched.detour.load_relaxed() != 0)) return next_by_choice(pp);
  const Runnable r = runqget_unwired(pp);
  if (r.gp != nullptr && !r.inherit_time) bump(&pp->schedtick);
  return r.gp;
}

}  // namespace

void leave(G* gp, WayToLeave way) {
  M* mp = gp->m;
  G* next = next_here(mp, mp->p);
  if (next != nullptr) switch_to(gp, next, way.after);
  else mcall(way.over_g0);
}

// gp was runnable and on no queue. From here on mp runs it, with a P.
static void become_running(M* mp, G* gp) {
  mp->curg.store_relaxed(gp);
  thread_pointer_to(gp);
  gp->m = mp;
  gp->waitsince = 0;
  gp->preempt.store_relaxed(0);  // a request made in its last time slice
  casgstatus(gp, GStatus::runnable, GStatus::running);
}

void switch_to(G* gp, G* next, void (*after)(G*)) {
  M* mp = gp->m;
  if constexpr (kDevBuild)  // and not dcheck, whose argument would be computed in a release build, too
    check(mp->lockedg == nullptr && next->lockedm.load_relaxed() == nullptr, "switch_to: wired to another m");
  mp->afterswitch = after;
  next->m = mp;
  goswitch(gp, next);
}

// On to's stack. From here on getg() is `to`. No other thread knows `from` until afterswitch has put it where it
// belongs.
void goswitched(G* from, G* to) {
  M* mp = to->m;
  from->m = nullptr;
  become_running(mp, to);
  mp->afterswitch(from);
  trace(Ev::GoStart, to);
}

bool injectglist(GList* list) {
  if (list->empty()) return false;
  GQueue q;
  u32 n = 0;
  while (G* gp = list->pop()) {
    casgstatus(gp, GStatus::waiting, GStatus::runnable);
    trace(Ev::GoUnblock, gp);
    q.push_back(gp);
    n++;
  }
  P* pp = getg()->m->p;
  u32 global = n;
  if (pp != nullptr) {
    // As many goroutines as there are idle Ps to run them go to the global queue, where these look first. The others go
    // to this P's own queue.
    global = min(n, sched.npidle.load_seqcst());
  }
  if (global > 0) {
    GQueue head;
    for (u32 i = 0; i < global; i++) head.push_back(q.pop());
    lock(&sched.lock);
    globrunqputbatch(&head, global);
    unlock(&sched.lock);
    for (u32 i = 0; i < global && start_idle(); i++) {}
  }
  if (n > global) {
    runqputbatch(pp, &q, n - global);
    // Its last store is a release, and wakep's first load must not come before it: a spinner that gives up meanwhile
    // would miss the goroutines, and wakep would still count it as spinning and start no other. Elsewhere runqput's
    // exchange of runnext does this.
    fence_seqcst();
    wakep();  // some may be stolen
  }
  return true;
}

void execute(G* gp, bool inherit_time) {
  trace_fn(Ev::execute);
  M* mp = getg()->m;
  check(gp->lockedm.load_relaxed() == (mp->lockedg == nullptr ? nullptr : mp), "execute: wired to another m");
  mp->booting = mp == &m0 && !bootDone;  // m0 goes on booting on G1, perhaps preempted in between, until main.main
  become_running(mp, gp);
  // The first goroutine of a P has no time slice to inherit. Without this the tick would still be 0 at main's
  // first gosched, and 0 is a multiple of 61: the global queue, with main in it, would come before the goroutine main
  // has just started.
  if (!inherit_time || mp->p->schedtick.load_relaxed() == 0) bump(&mp->p->schedtick);
  trace(Ev::GoStart, gp);
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
    if (r.gp->lockedm.load_relaxed() != nullptr) {
      startlockedm(r.gp);  // its M gets this M's P; this M comes back with another
      continue;
    }
    execute(r.gp, r.inherit_time);
  }
}

}  // namespace rt0
