// Timers that send the time to a channel: NewTimer, After, NewTicker. Go: time.go "Timer channels", time/sleep.go.
//
// To programs the channel looks unbuffered, and after stop or reset no earlier value is received. The channel has one
// slot, which stop and reset empty. They also prevent a send that has begun: both they and the send hold send_lock, and
// the send has the number (seq) that the timer had when it was due; stop and reset change that number.
//
// The timer is on a heap only while goroutines wait on the channel, so a timer that no goroutine waits for costs
// nothing. A goroutine that looks into the channel, by receive or select, first runs the timer if it is due
// (maybe_run), so programs do not notice the difference.
#pragma once

#include "lib/chan/chan.h"
#include "lib/time/timer_object.h"

namespace rt0 {

// Lives as long as its channel, with which it is freed (abandon). Each handle of the timer also holds a handle of the
// channel, so `refs` is not needed: its destroy does nothing.
struct TimerChan : detail::TimerObject, ChanTimer {
  RtTimer timer;
  Mutex send_lock;  // guards the steps described above rather than a field: a send, and the emptying by stop and reset
  Hchan* c;
};

}  // namespace rt0
