#include "sched/chantimer.h"

#include "mem/malloc.h"
#include "mem/sysmem.h"

namespace rt0 {

namespace {

TimerChan* of(ChanTimer* t) { return static_cast<TimerChan*>(t); }

// On g0, when the timer is due. The value is the moment at which it should have fired, as nobody can tell that it was looked at later.
void sendTime(void* arg, uintptr seq, i64 delta) RT0_SYM("time.sendTime");
void sendTime(void* arg, uintptr seq, i64 delta) {
  TimerChan* t = static_cast<TimerChan*>(arg);
  Locked l(&t->send_lock);
  (void)t->timer.sending.add_relaxed(static_cast<u32>(-1));  // send_lock orders it
  if (t->timer.seq != seq) return;                           // stopped or reset meanwhile
  const Time v = now().add(ns(-delta));
  (void)chansend(t->c, &v, false);  // full: nobody has read the last one, so this one is dropped
}

// Takes the value out that nobody has read. Not by chanrecv, which would ask the timer. Go: timerchandrain.
bool drain(Hchan* c) {
  Locked l(&c->lock);
  const bool had = c->qcount > 0;
  c->qcount = c->sendx = c->recvx = 0;
  return had;
}

constexpr ChanTimerOps kOps = {
    [](ChanTimer* t) { timer_maybe_run(&of(t)->timer); },
    [](ChanTimer* t) { timer_block(&of(t)->timer); },
    [](ChanTimer* t) { timer_unblock(&of(t)->timer); },
};

}  // namespace

TimerChan* new_timer_chan(i64 when, i64 period) {
  TimerChan* t = static_cast<TimerChan*>(mallocgc(sizeof(TimerChan), alignof(TimerChan)));
  if (t == nullptr) fatal_out_of_memory(sizeof(TimerChan));
  t->ops = &kOps;
  t->c = makechan(sizeof(Time), 1);
  t->c->timer = t;
  lockInit(&t->send_lock, LockRank::timerSend);
  timer_init(&t->timer, sendTime, t);
  t->timer.is_chan = true;
  (void)timer_reset(&t->timer, when, period);
  return t;
}

bool timer_chan_stop(TimerChan* t) {
  Locked l(&t->send_lock);
  const bool pending = timer_stop(&t->timer);
  return drain(t->c) || pending;
}

// Emptied under send_lock, so that what is received afterwards is of the new time.
bool timer_chan_reset(TimerChan* t, i64 when, i64 period) {
  Locked l(&t->send_lock);
  const bool pending = timer_reset(&t->timer, when, period);
  return drain(t->c) || pending;
}

}  // namespace rt0
