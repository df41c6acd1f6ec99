#include "lib/time/chantimer.h"

#include "mem/malloc.h"
#include "rt0/panic.h"

namespace rt0 {

namespace {

TimerChan* of(ChanTimer* t) { return static_cast<TimerChan*>(t); }

// On g0, when the timer is due. The value sent is the moment at which the timer should have fired: a late run of the
// timer must not show in it.
void sendTime(void* arg, uintptr seq, i64 delta) RT0_SYM("time.sendTime");
void sendTime(void* arg, uintptr seq, i64 delta) {
  TimerChan* t = static_cast<TimerChan*>(arg);
  Locked l(&t->send_lock);
  (void)t->timer.sending.cas_relaxed(seq, 0);  // fails if a later call of sendTime has begun. send_lock orders it
  if (t->timer.seq != seq) return;             // the timer was stopped or reset meanwhile
  const Time v = now().add(ns(-delta));
  (void)chansend(t->c, &v, false);  // if the last value was not received yet, this one is dropped
}

// The channel's last handle is gone: frees both. Another M may still be in sendTime, whose send has woken the goroutine
// that had the handle; timer_stop_wait waits until that M has left it.
void abandon(ChanTimer* timer) {
  TimerChan* t = of(timer);
  (void)timer_stop_wait(&t->timer);
  heap_free(t->c);
  heap_free(t);
}

constexpr ChanTimerOps kOps = {
    [](ChanTimer* t) { timer_maybe_run(&of(t)->timer); },
    [](ChanTimer* t) { timer_block(&of(t)->timer); },
    [](ChanTimer* t) { timer_unblock(&of(t)->timer); },
    abandon,
};

bool stop(detail::TimerObject* o) {
  TimerChan* t = static_cast<TimerChan*>(o);
  Locked l(&t->send_lock);
  const bool pending = timer_stop(&t->timer);
  return timerchandrain(t->c) || pending;
}

// The channel is emptied under send_lock, so a value that is received afterwards comes from the new time.
bool reset(detail::TimerObject* o, i64 when, i64 period) {
  TimerChan* t = static_cast<TimerChan*>(o);
  Locked l(&t->send_lock);
  const bool pending = timer_reset(&t->timer, when, period);
  return timerchandrain(t->c) || pending;
}

constexpr TimerKind kKind = {stop, reset, [](detail::TimerObject*) {}};

// Gives c a timer and starts it.
detail::TimerHandle new_timer_chan(i64 when, i64 period) {
  Chan<Time> c(1);
  TimerChan* t = malloc_or_die<TimerChan>();
  t->kind = &kKind;
  t->refs.store_relaxed(1);  // published by the heap's lock
  t->ops = &kOps;
  t->c = c.handle();
  t->c->timer = t;
  lockInit(&t->send_lock, LockRank::timerSend);
  timer_init(&t->timer, sendTime, t);
  t->timer.is_chan = true;
  (void)timer_reset(&t->timer, when, period);
  return detail::TimerHandle(t, static_cast<Chan<Time>&&>(c));
}

}  // namespace

Timer time::new_timer(Duration d) { return Timer(new_timer_chan(deadline_after(d.count), 0)); }
Chan<Time> time::after(Duration d) { return new_timer(d).c(); }

Ticker time::new_ticker(Duration d) {
  if (d.count <= 0) panic("non-positive interval for NewTicker");
  return Ticker(new_timer_chan(deadline_after(d.count), d.count));
}

Chan<Time> time::tick(Duration d) {
  if (d.count <= 0) return {};
  return new_ticker(d).c();
}

void Ticker::stop() const {
  if (h_.t_ != nullptr) (void)h_.t_->kind->stop(h_.t_);
}

void Ticker::reset(Duration d) const {
  if (d.count <= 0) panic("non-positive interval for Ticker.Reset");
  if (h_.t_ == nullptr) panic("time: Reset called on uninitialized Ticker");
  (void)h_.t_->kind->reset(h_.t_, deadline_after(d.count), d.count);
}

}  // namespace rt0
