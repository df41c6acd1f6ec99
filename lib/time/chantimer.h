// Timers that send the time to a channel: NewTimer, After, NewTicker. Go: time.go "Timer channels", time/sleep.go.
//
// To programs the channel looks unbuffered, and after stop or reset no value from before is received. It has one slot,
// which stop and reset empty, and a send that is under way while they run does not happen: both they and the send hold
// send_lock, and the send carries the number (seq) that the timer had when it was due; stop and reset change it.
//
// The timer is on a heap only while goroutines wait on the channel, so a timer that no goroutine waits for costs
// nothing. A goroutine that looks into the channel, by receive or select, compares the clock first (maybe_run), and so
// does not see the difference.
#pragma once

#include "lib/chan/chan.h"
#include "lib/time/timer_object.h"

namespace rt0 {

// Lives as long as its channel, which takes it along (abandon). Handles have both, and so it does not matter how they
// count in refs.
struct TimerChan : detail::TimerObject, ChanTimer {
  RtTimer timer;
  Mutex send_lock;
  Hchan* c;
};

}  // namespace rt0
