// Channels. Go: chan.go. Here as far as boot and sync need them: no select yet.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// A goroutine in a channel's wait queue. It lies on the waiting goroutine's own stack, which does not move: no cache of
// them is needed, and a wait costs no allocation.
struct Sudog {
  G* g;
  void* elem;  // where the value comes from or goes to; may be null
  Sudog *next, *prev;
  bool success;  // woken by a partner, not by close
};

struct Waitq {
  Sudog* first = nullptr;
  Sudog* last = nullptr;

  void enqueue(Sudog* s);
  Sudog* dequeue();
};

// The timer that feeds a channel, as far as the channel has to know it. A timer is only on a heap while somebody waits on its channel, so
// the channel has to say so, and whoever looks into the channel has to let the timer look at the clock first. See chantimer.h.
struct ChanTimer;
struct ChanTimerOps {
  void (*maybe_run)(ChanTimer*);  // before a look into the channel; no lock held
  void (*block)(ChanTimer*);      // a goroutine is about to wait; the channel's lock is held
  void (*unblock)(ChanTimer*);    // it waits no longer
};
struct ChanTimer {
  const ChanTimerOps* ops;
};

// All under lock. Invariant: at least one of recvq and sendq is empty; if the buffer holds something, recvq is empty; if
// the buffer has room, sendq is empty.
struct Hchan {
  Mutex lock;
  u32 qcount;    // elements in the buffer
  u32 dataqsiz;  // its size
  u32 elemsize;
  bool closed;
  u32 sendx, recvx;
  u8* buf;
  Waitq recvq, sendq;
  ChanTimer* timer;  // or null. Never changes once others know the channel; then dataqsiz is 1, but programs see 0
};

// A channel of `size` elements of elemsize bytes; panics with Go's text if that is too much.
Hchan* makechan(u32 elemsize, usize size) RT0_SYM("runtime.makechan");
void closechan(Hchan* c) RT0_SYM("runtime.closechan");
// Receives into elem (may be null). block false: returns at once if it would wait. selected: a value or "closed" came;
// received: it was a value.
struct RecvResult {
  bool selected, received;
};
RecvResult chanrecv(Hchan* c, void* elem, bool block) RT0_SYM("runtime.chanrecv");
// Sends a copy of elem; false if it would have to wait and must not.
bool chansend(Hchan* c, const void* elem, bool block) RT0_SYM("runtime.chansend");

}  // namespace rt0
