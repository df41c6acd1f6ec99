// Channels. Go: chan.go; the parts that select shares with them.
//
// Invariants, under c's lock:
//   C1  At least one of recvq and sendq is empty, except if one goroutine waits in both with one select.
//   C2  If the buffer has a value, recvq is empty; if the buffer has room, sendq is empty.
//   C3  A sudog in a queue belongs to a goroutine that waits, or that holds c's lock and is about to. It lies on that
//       goroutine's stack, which does not move, and is out of all queues before the goroutine leaves the frame.
//   C4  Only the thread that takes a sudog out by dequeue() may wake its goroutine; until it does so it owns the memory
//       at elem. Only one of a select's sudogs can be taken, because selectDone goes from 0 to 1 once.
#pragma once

#include "rt0/chan.h"
#include "sched/gmp.h"

namespace rt0 {

using ChanType = detail::ChanType;
using RecvResult = detail::RecvResult;

// A goroutine in a channel's wait queue. It lies on the waiting goroutine's own stack: no cache of them is needed, and
// a wait costs no allocation.
struct Sudog {
  G* g;
  void* elem;  // the value to send, or the place for the received value; may be null
  Sudog *next, *prev;
  bool success;     // woken by a partner, not by close
  bool is_select;   // g takes part in a select: a waker must win g->selectDone first
  Sudog* waitlink;  // in a select: g's next sudog
};

struct Waitq {
  Atomic<Sudog*> first{nullptr};  // written under the lock; read without as a hint
  Sudog* last = nullptr;

  void enqueue(Sudog* s);
  // Takes out and returns the first sudog whose goroutine the caller may wake; null if there is none.
  Sudog* dequeue() {
    for (;;) {
      Sudog* s = first.load_relaxed();  // under the lock
      if (s == nullptr) return nullptr;
      Sudog* n = s->next;
      first.store_relaxed(n);
      if (n == nullptr) last = nullptr;
      else n->prev = nullptr, s->next = nullptr;
      // If the CAS fails, another channel of the same select was faster, and its waker wakes the goroutine, which will
      // find this sudog taken out. Acquire and release: the winner's and the loser's accesses to the G are in order.
      if (s->is_select && !s->g->selectDone.cas_acqrel(0, 1)) continue;
      return s;
    }
  }
  // Takes out s, if it is still there.
  void dequeueSudoG(Sudog* s);
};

// The timer that sends to a channel, as the channel sees it. The timer is on a heap only while a goroutine waits on the
// channel, so the channel tells the timer about waiting goroutines. A goroutine that looks into the channel first calls
// maybe_run, so that a timer that is due sends its value. See chantimer.h.
struct ChanTimer;
struct ChanTimerOps {
  void (*maybe_run)(ChanTimer*);  // before a look into the channel; no lock held
  void (*block)(ChanTimer*);      // a goroutine is about to wait; the channel's lock is held
  void (*unblock)(ChanTimer*);    // it waits no longer
  void (*abandon)(
      ChanTimer*);  // the channel's last handle is gone: frees the timer and the channel. null: the channel is freed
};
struct ChanTimer {
  const ChanTimerOps* ops;
};

struct Hchan {
  detail::ChanHead head;  // first: handles count here, without the lock
  Mutex lock;
  u32 elemsize;
  Atomic<u32> closed;    // written once, under the lock; read without the lock as a hint, as is qcount
  Atomic<usize> qcount;  // elements in the buffer
  usize dataqsiz;        // the buffer's size in elements
  usize sendx GUARDED_BY(lock);
  usize recvx GUARDED_BY(lock);
  u8* buf;
  Waitq recvq, sendq;        // changed under the lock only; see Waitq::first
  const ChanType* elemtype;  // null in a channel of the runtime's own
  ChanTimer* timer;  // or null. Never changes once a second goroutine has the channel. If set, programs see dataqsiz 0
};

// The lock of a channel. With one P the lock is not taken: only m->locks is counted, which keeps the goroutine on its M
// and the M on the P. That is enough, because
//   * only code that holds a P uses channels, and this M holds the only P: sysmon, signal handlers, Ms in system calls
//     and Ms without a P never use one, and a timer that sends does so on an M that holds the P;
//   * runtime code is never preempted, and the code between lock and unlock does not wait; where it leads into gopark,
//     unlockf runs on the same M, on g0, before any other M can have the P;
//   * gomaxprocs changes only while the world is stopped, and the world cannot stop while an M is between lock and
//     unlock: so both read the same value.
// With more Ps it is an ordinary lock. Dev builds keep the key in both cases, so that a mistake in this argument is
// noticed. NO_LOCK_ANALYSIS: clang does not see that lock and unlock take the same branch.
RT0_INLINE void chan_lock(Hchan* c) ACQUIRE(c->lock) NO_LOCK_ANALYSIS {
  if (RT0_UNLIKELY(gomaxprocs.load_relaxed() != 1)) return lock(&c->lock);
  getg()->m->locks++;
  if constexpr (kDevBuild) {
    check(c->lock.key.load_relaxed() == 0, "chan_lock: two in a channel with one P");
    c->lock.key.store_relaxed(1);
  }
  compiler_barrier();
}
RT0_INLINE void chan_unlock(Hchan* c) RELEASE(c->lock) NO_LOCK_ANALYSIS {
  if (RT0_UNLIKELY(gomaxprocs.load_relaxed() != 1)) return unlock(&c->lock);
  compiler_barrier();
  if constexpr (kDevBuild) {
    check(c->lock.key.load_relaxed() == 1, "chan_unlock: not locked");
    c->lock.key.store_relaxed(0);
  }
  getg()->m->locks--;
}

// Copies one element of n bytes, without a call if it is small. __builtin_memcpy, because the alignment of a type may
// be less than its size.
RT0_INLINE void chan_copy(void* to, const void* from, usize n) {
  if (n == 8) __builtin_memcpy(to, from, 8);
  else if (n == 4) __builtin_memcpy(to, from, 4);
  else if (n == 16) __builtin_memcpy(to, from, 16);
  else if (n == 1) __builtin_memcpy(to, from, 1);
  else if (n == 2) __builtin_memcpy(to, from, 2);
  else if (n != 0) __builtin_memcpy(to, from, n);
}

// A channel of `size` elements of elemsize bytes; panics with Go's text if that is too much. Its reference count is 1.
// room: null, or memory that is never freed and that the channel uses instead of the heap: a Hchan and 64 bytes more.
Hchan* makechan(u32 elemsize, usize size, const ChanType* type = nullptr, void* room = nullptr)
    RT0_SYM("runtime.makechan");
// These are declared once, in rt0/chan.h, for programs and for the runtime.
using detail::chanrecv;
using detail::chansend;
using detail::closechan;

// Drops the values in the buffer of a timer's channel; true if there were any. Go: timerchandrain.
bool timerchandrain(Hchan* c);

// The steps of send and receive that select shares; all under the lock, in chan.cc.
RT0_INLINE u8* chanbuf(Hchan* c, usize i) { return c->buf + i * c->elemsize; }
RT0_INLINE usize chan_after(const Hchan* c, usize i) { return i + 1 == c->dataqsiz ? 0 : i + 1; }
// Puts elem into the buffer, which has room. Release: empty() reads qcount without the lock.
RT0_INLINE void chan_put(Hchan* c, const void* elem) REQUIRES(c->lock) {
  chan_copy(chanbuf(c, c->sendx), elem, c->elemsize);
  c->sendx = chan_after(c, c->sendx);
  c->qcount.store_release(c->qcount.load_relaxed() + 1);
}
// Takes an element out of the buffer, which is not empty.
RT0_INLINE void chan_get(Hchan* c, void* elem) REQUIRES(c->lock) {
  if (elem != nullptr) chan_copy(elem, chanbuf(c, c->recvx), c->elemsize);
  c->recvx = chan_after(c, c->recvx);
  c->qcount.store_release(c->qcount.load_relaxed() - 1);
}
// Copies elem to the waiting receiver s.
void chan_to_receiver(Hchan* c, Sudog* s, const void* elem) REQUIRES(c->lock);
// Copies the value of the waiting sender s to elem. If there is a buffer, which is full then, elem gets the buffer's
// first value, and the sender's value goes to the buffer's end.
void chan_from_sender(Hchan* c, Sudog* s, void* elem) REQUIRES(c->lock);
// Makes s's goroutine ready; s tells it whether a partner (success) or close has woken it. To be called without the
// lock; s may be gone afterwards.
void chan_wake(Sudog* s, bool success);

}  // namespace rt0
