// Go: time.go. Differs: see timer.h.
//
// Locks: a thread holds the lock of one heap at a time, and none while it calls a timer's f. A channel's lock is taken
// before a heap's (a goroutine that is about to wait on a timer's channel puts the timer on a heap), sched.lock after
// it.
#include "lib/time/timer.h"

#include "kernel_iface/kernel.h"
#include "lib/time/timer_heap.h"
#include "sched/hooks.h"
#include "sched/proc.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

// Tells threads that look without the lock when the first timer of ts is due. A thread that is about to sleep until the
// earliest deadline and one that has just made an earlier one must not miss each other: the sleeper lowers nmspinning,
// then reads `first`; the other sets it here, then reads nmspinning in wakep. All four are sequentially consistent.
void publish(Timers* ts) REQUIRES(ts->lock) { ts->first.set(ts->len.load_relaxed() == 0 ? 0 : ts->heap[0].when); }

// Locks the heap that t belongs to, its home, and returns it. Only the holder of that lock can give t another home, so
// if t->home is unchanged under the lock, it stays so. The second load is an acquire, too: t may have left and come
// back since the first load, and the thread that moved it back (with release) held the other heap's lock, not this one.
// NO_LOCK_ANALYSIS: clang cannot express that the lock of the result is held; each caller calls home_is_locked().
Timers* lock_home(RtTimer* t) NO_LOCK_ANALYSIS {
  for (;;) {
    Timers* ts = t->home.load_acquire();
    lock(&ts->lock);
    if (t->home.load_acquire() == ts) return ts;
    unlock(&ts->lock);
  }
}

RT0_INLINE void home_is_locked(Timers* ts) ASSERT_HELD(ts->lock) { (void)ts; }

bool f_runs(Timers* ts, const RtTimer* t) REQUIRES(ts->lock) {
  for (const TimerRun* r = ts->running; r != nullptr; r = r->next)
    if (r->timer == t) return true;
  return false;
}

// Whether t must be on a heap. A channel's timer must be on one only while a goroutine waits for it; at other times a
// goroutine that looks into the channel runs the timer if it is due.
bool wants_heap(const RtTimer* t) { return t->when > 0 && (!t->is_chan || t->blocked > 0); }

// Makes the heap of the running P t's home, if t can move. Called with the old home's lock, returns with the new
// home's. In between another thread may change t, so the caller must read its fields again. The caller keeps its M.
// NO_LOCK_ANALYSIS: as lock_home.
Timers* move_home(RtTimer* t, Timers* ts) NO_LOCK_ANALYSIS {
  Timers* mine = &getg()->m->p->timers;
  if (ts == mine || t->pos != 0 || f_runs(ts, t)) return ts;
  t->home.store_release(mine);
  unlock(&ts->lock);
  return lock_home(t);
}

// Puts t on a heap, if it must be on one, or moves it to its new place there. Called with the home's lock, returns
// without it. t may be gone afterwards. NO_LOCK_ANALYSIS: if the home has changed, another lock than the caller's is
// released.
void settle(RtTimer* t, Timers* ts) RELEASE(ts->lock) NO_LOCK_ANALYSIS {
  if (t->pos == 0 && wants_heap(t)) ts = move_home(t, ts);
  if (!wants_heap(t)) {
    unlock(&ts->lock);
    return;
  }
  const i64 before = ts->len.load_relaxed() == 0 ? 0 : ts->heap[0].when;
  const i64 when = t->when;
  if (t->pos != 0) heap_fix(ts, t);
  else heap_add(ts, t);
  publish(ts);
  const bool first = ts->heap[0].timer == t && (before == 0 || when < before);
  unlock(&ts->lock);
  if (tracing()) trace(Ev::TimerStart, when - kernel->nanotime());
  if (first) wakeNetPoller(when);
}

// The next time at which t must fire, 0 for never. A ticker skips the ticks that it has missed.
i64 next_when(const RtTimer* t, i64 delta) {
  if (t->period <= 0) return 0;
  i64 next;
  if (__builtin_mul_overflow(t->period, 1 + delta / t->period, &next) || __builtin_add_overflow(next, t->when, &next))
    return kMaxWhen;
  return next;
}

// t is about to be stopped or changed; true if it was active. If a send to its channel has begun, the value will not be
// sent, because it has the old seq; then the timer counts as active. The caller holds the send lock. Go: isSending,
// which is a counter, so that there a send which an earlier stop has prevented counts, too.
bool cancel(RtTimer* t) {
  bool pending = t->when > 0;
  if (t->is_chan) {
    if (t->period == 0 && t->sending.load_relaxed() == t->seq) pending = true;  // both locks order it
    if (++t->seq == 0) t->seq = 1;
  }
  return pending;
}

// Calls the f of t, which is due. Called with the home's lock, which is released while f runs. On g0. Go: unlockAndRun.
void run(Timers* ts, RtTimer* t, i64 now) REQUIRES(ts->lock) {
  const TimerFn f = t->f;
  void* const arg = t->arg;
  const uintptr seq = t->seq;
  const i64 delta = now - t->when;
  t->when = next_when(t, delta);
  if (t->pos != 0) {
    if (t->when != 0) heap_fix(ts, t);
    else heap_remove(ts, t);
    publish(ts);
  }
  // stop and modify must know that a send has begun, because they can still prevent it: see chantimer.h.
  if (t->is_chan) t->sending.store_relaxed(seq);  // the lock orders it
  TimerRun me{t, ts->running};
  ts->running = &me;
  unlock(&ts->lock);
  trace(Ev::TimerFire, delta);
  f(arg, seq, delta);
  lock(&ts->lock);  // t may be gone
  TimerRun** link = &ts->running;
  while (*link != &me) link = &(*link)->next;
  *link = me.next;
}

TimerHooks::Checked timers_check(P* pp, i64 now) {
  Timers* ts = &pp->timers;
  if (ts->len.load_relaxed() == 0) return {now, 0, false};  // a thread that adds one meanwhile calls wakeNetPoller
  const i64 next = ts->first.get();
  if (next == 0) return {now, 0, false};
  if (now == 0) now = kernel->nanotime();
  if (now < next) return {now, next, false};
  TimerHooks::Checked r{now, 0, false};
  lock(&ts->lock);
  while (ts->len.load_relaxed() != 0) {
    if (ts->heap[0].when > now) {
      r.poll_until = ts->heap[0].when;
      break;
    }
    run(ts, ts->heap[0].timer,
        now);  // the loop ends, because a timer that run() leaves on the heap is due after now
    r.ran = true;
  }
  unlock(&ts->lock);
  return r;
}

i64 timers_wake_time(P* pp) { return pp->timers.first.get(); }

// Takes no locks: the world is stopped, and the caller may hold sched.lock, which comes after these locks. No f is
// running, because a thread that runs one has a P.
void timers_take(P* to, P* from) NO_LOCK_ANALYSIS {
  Timers* src = &from->timers;
  check(src->running == nullptr, "timers: f runs while the world is stopped");
  const u32 n = src->len.load_relaxed();
  src->len.store_relaxed(0);
  publish(src);
  for (u32 i = 0; i < n; i++) {
    RtTimer* t = src->heap[i].timer;
    t->pos = 0;
    t->home.store_release(&to->timers);
    heap_add(&to->timers, t);
  }
  publish(&to->timers);
}

constexpr TimerHooks kHooks = {timers_check, timers_wake_time, timers_take};

}  // namespace

i64 deadline_after(i64 d) {
  const i64 now = kernel->nanotime();
  if (d <= 0) return now;
  return d > kMaxWhen - now ? kMaxWhen : now + d;
}

void timer_init(RtTimer* t, TimerFn f, void* arg) {
  *t = {};
  t->f = f;
  t->arg = arg;
  M* mp = acquirem();
  check(mp->p != nullptr, "timer_init: no p");
  t->home.store_relaxed(&mp->p->timers);  // no other thread knows the timer yet
  // The program's first timer: allocates the heap here. In heap_add, after the deadline was computed, that would take
  // so long that goroutines which sleep equally long from then on would no longer wake together with this one.
  if (timer_hooks.load_relaxed() == nullptr) heap_first(&mp->p->timers);
  releasem(mp);
  // Release: a thread that sees the pointer sees the table's contents. Several threads may store it; the value is the
  // same.
  if (timer_hooks.load_relaxed() == nullptr) {
    stack_scavenge_enable();
    timer_hooks.store_release(&kHooks);
  }
}

bool timer_modify(RtTimer* t, i64 when, i64 period, TimerFn f, void* arg, uintptr seq) {
  check(when > 0, "timer when must be positive");
  check(period >= 0, "timer period must be non-negative");
  M* mp = acquirem();
  Timers* ts = lock_home(t);
  home_is_locked(ts);
  const bool pending = cancel(t);
  t->when = when;
  t->period = period;
  if (f != nullptr) {
    t->f = f;
    t->arg = arg;
    t->seq = seq;
  }
  settle(t, ts);
  releasem(mp);
  return pending;
}

bool timer_reset(RtTimer* t, i64 when, i64 period) { return timer_modify(t, when, period, nullptr, nullptr, 0); }

bool timer_stop(RtTimer* t) {
  Timers* ts = lock_home(t);
  home_is_locked(ts);
  const bool pending = cancel(t);
  t->when = 0;
  if (t->pos != 0) {
    heap_remove(ts, t);
    publish(ts);
  }
  unlock(&ts->lock);
  if (pending) trace(Ev::TimerStop);
  return pending;
}

void timer_maybe_run(RtTimer* t) {
  Timers* ts = lock_home(t);
  home_is_locked(ts);
  const i64 now = t->pos != 0 || t->when == 0 ? 0 : kernel->nanotime();
  if (now != 0 && t->when <= now)
    systemstack([&] {
      home_is_locked(ts);
      run(ts, t, now);
    });
  unlock(&ts->lock);
}

void timer_block(RtTimer* t) {
  Timers* ts = lock_home(t);
  home_is_locked(ts);
  t->blocked++;
  if (t->pos == 0 && wants_heap(t)) settle(t, ts);
  else unlock(&ts->lock);
}

void timer_unblock(RtTimer* t) {
  Timers* ts = lock_home(t);
  home_is_locked(ts);
  check(t->blocked > 0, "timer data corruption");
  if (--t->blocked == 0 && t->pos != 0) {  // t->when stays: the timer is still active
    heap_remove(ts, t);
    publish(ts);
  }
  unlock(&ts->lock);
}

bool timer_stop_wait(RtTimer* t) {
  const bool pending = timer_stop(t);
  for (;;) {  // ends when f returns; f does not block
    Timers* ts = lock_home(t);
    home_is_locked(ts);
    const bool runs = f_runs(ts, t);
    unlock(&ts->lock);
    if (!runs) return pending;
    kernel->osyield();
  }
}

namespace {

struct Sleeper {
  RtTimer timer;
  i64 until;
};

void goroutineReady(void* gp, uintptr, i64) { goready(static_cast<G*>(gp)); }

// The timer is started after the goroutine is marked waiting; otherwise a short sleep could end before the goroutine
// has begun to wait. Once the timer fires, the goroutine may go on, and its frame, in which the timer lies, may be
// gone; so timer_reset does not use the timer after it has released the heap's lock.
bool resetForSleep(G*, void* sleeper) {
  Sleeper* s = static_cast<Sleeper*>(sleeper);
  timer_reset(&s->timer, s->until, 0);
  return true;
}

}  // namespace

void timeSleep(i64 ns) {
  if (ns <= 0) return;
  Sleeper s;
  timer_init(&s.timer, goroutineReady, getg());
  s.until = deadline_after(ns);
  gopark(resetForSleep, &s, WaitReason::sleep);
}

}  // namespace rt0
