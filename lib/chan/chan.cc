// Go: chan.go. Differs: values are copied byte by byte between stacks, which do not move; sudogs lie on those stacks; a
// channel's handles are counted, and there is no collector.
//
// A goroutine that finds a partner waiting copies the value directly into or out of the partner's memory, under the
// channel's lock, and makes the partner ready after the lock is released. The partner sleeps until then, so its memory
// stays valid. The waker does not use the channel after that, because the last handle to it may be gone by then.
#include "lib/chan/chan.h"

#include "mem/malloc.h"
#include "sched/above.h"
#include "sched/proc.h"
#include "trace/trace.h"

extern "C" void* memset(void*, int, rt0::usize);

namespace rt0 {

namespace {

// As much memory as Go allows for one channel.
constexpr usize kMaxBytes = kPtrSize == 8 ? usize{1} << (kPtrSize * 6) : static_cast<usize>(-1);
constexpr usize kMinAlign = 16;

usize header_bytes(const ChanType* type) {
  return align_up(sizeof(Hchan), type != nullptr ? max(type->align, kMinAlign) : kMinAlign);
}

// Whether a send (full) or a receive (empty) would have to wait now. Without the lock the answer is a hint: it was true
// at some moment during the call.
bool full(const Hchan* c) {
  // dataqsiz never changes. Relaxed: the sudog is only compared with null.
  if (c->dataqsiz == 0) return c->recvq.first.load_relaxed() == nullptr;
  return c->qcount.load_relaxed() == c->dataqsiz;
}
bool empty(const Hchan* c) {
  // Acquire: chanrecv looks at `closed` afterwards.
  if (c->dataqsiz == 0) return c->sendq.first.load_acquire() == nullptr;
  return c->qcount.load_acquire() == 0;
}

void clear(Hchan* c, void* elem) {
  if (elem != nullptr) memset(elem, 0, c->elemsize);
}

[[noreturn]] void wait_for_ever(WaitReason why) {
  gopark(nullptr, nullptr, why);
  throw_("unreachable");
}

// On g0; the goroutine is marked waiting. After the unlock it may run, and its frame, in which its sudog lies, may be
// gone. NO_LOCK_ANALYSIS: wait_in has taken the lock, and passes it on through gopark.
bool chanparkcommit(G*, void* c) NO_LOCK_ANALYSIS {
  chan_unlock(static_cast<Hchan*>(c));
  return true;
}

// Waits in q until a partner or closechan comes; true if it was a partner. Called with the lock, returns without.
// NO_LOCK_ANALYSIS: the lock is given up by chanparkcommit.
bool wait_in(Hchan* c, Waitq* q, void* elem, WaitReason why) RELEASE(c->lock) NO_LOCK_ANALYSIS {
  G* gp = getg();
  Sudog mine{gp, elem, nullptr, nullptr, false, false, nullptr};
  gp->waiting = &mine;
  gp->param = nullptr;
  q->enqueue(&mine);
  gopark(chanparkcommit, c, why);
  check(gp->waiting == &mine && gp->param == &mine, "G waiting list is corrupted");
  gp->waiting = nullptr;
  gp->param = nullptr;
  return mine.success;
}

// The same on a timer's channel: the timer is told of the beginning and the end of the wait. The reference keeps the
// channel, and so the timer, alive until the second call.
bool wait_for_timer(Hchan* c, void* elem) RELEASE(c->lock) {
  detail::chan_retain(c);
  c->timer->ops->block(c->timer);
  const bool got = wait_in(c, &c->recvq, elem, WaitReason::chan_receive);
  c->timer->ops->unblock(c->timer);
  detail::chan_release(c);
  return got;
}

// Takes all waiting goroutines out of q, for closechan, and puts them in front of *list, the last one first.
void take_all(Hchan* c, Waitq* q, bool receivers, Sudog** list) REQUIRES(c->lock) {
  while (Sudog* s = q->dequeue()) {
    if (receivers) clear(c, s->elem);
    s->elem = nullptr;
    s->next = *list;
    *list = s;
  }
}

}  // namespace

void Waitq::enqueue(Sudog* s) {
  s->next = nullptr;
  s->prev = last;
  if (last != nullptr) last->next = s;
  else first.store_relaxed(s);  // a reader without the lock only compares it with null
  last = s;
}

void Waitq::dequeueSudoG(Sudog* s) {
  if (s->prev == nullptr && first.load_relaxed() != s) return;  // dequeue() has taken it off
  if (s->prev != nullptr) s->prev->next = s->next;
  else first.store_relaxed(s->next);
  if (s->next != nullptr) s->next->prev = s->prev;
  else last = s->prev;
  s->next = s->prev = nullptr;
}

Hchan* makechan(u32 elemsize, usize size, const ChanType* type, void* room) {
  trace_fn(Ev::makechan);
  usize bytes;
  const usize header = header_bytes(type);
  if (static_cast<ptrdiff_t>(size) < 0 || __builtin_mul_overflow(size, usize{elemsize}, &bytes) ||
      bytes > kMaxBytes - header)
    panic_plain("makechan: size out of range");
  u8* mem = static_cast<u8*>(room);
  if (mem == nullptr)
    mem = static_cast<u8*>(malloc_or_die(header + bytes, type != nullptr ? max(type->align, kMinAlign) : kMinAlign));
  Hchan* c = reinterpret_cast<Hchan*>(mem);
  memset(mem, 0, sizeof(Hchan));
  lockInit(&c->lock, LockRank::hchan);
  c->head.refs = 1;
  c->elemsize = elemsize;
  c->dataqsiz = size;
  c->buf = mem + header;
  c->elemtype = type;
  return c;
}

void chan_to_receiver(Hchan* c, Sudog* s, const void* elem) {
  if (s->elem == nullptr) return;
  chan_copy(s->elem, elem, c->elemsize);
  s->elem = nullptr;
}

void chan_from_sender(Hchan* c, Sudog* s, void* elem) {
  if (c->dataqsiz == 0) {
    if (elem != nullptr) chan_copy(elem, s->elem, c->elemsize);
  } else {
    // The buffer is full: the receiver takes the value at its head, and the sender's value goes to its end, which is
    // the slot that has just become free.
    u8* at = chanbuf(c, c->recvx);
    if (elem != nullptr) chan_copy(elem, at, c->elemsize);
    chan_copy(at, s->elem, c->elemsize);
    c->sendx = c->recvx = chan_after(c, c->recvx);
  }
  s->elem = nullptr;
}

void chan_wake(Sudog* s, bool success) {
  G* gp = s->g;
  gp->param = s;
  s->success = success;
  goready(gp);
}

bool detail::chansend(Hchan* c, const void* elem, bool block) {
  op_point(c);
  if (RT0_UNLIKELY(c == nullptr)) {
    if (!block) return false;
    wait_for_ever(WaitReason::chan_send_nil);
  }
  // Without the lock: the channel is found open first, then full. A closed channel never opens again, so when it was
  // found full it had been open and full at one moment: not to send is a right answer.
  if (!block && c->closed.load_acquire() == 0 && full(c)) return false;
  chan_lock(c);
  if (RT0_UNLIKELY(c->closed.load_relaxed() != 0)) {
    chan_unlock(c);
    panic_plain("send on closed channel");
  }
  if (Sudog* s = c->recvq.dequeue(); s != nullptr) {
    chan_to_receiver(c, s, elem);
    chan_unlock(c);
    chan_wake(s, true);
    return true;
  }
  if (c->qcount.load_relaxed() < c->dataqsiz) {
    chan_put(c, elem);
    chan_unlock(c);
    return true;
  }
  if (!block) {
    chan_unlock(c);
    return false;
  }
  if (!wait_in(c, &c->sendq, const_cast<void*>(elem), WaitReason::chan_send)) panic_plain("send on closed channel");
  return true;
}

RecvResult detail::chanrecv(Hchan* c, void* elem, bool block) {
  op_point(c);
  if (RT0_UNLIKELY(c == nullptr)) {
    if (!block) return {false, false};
    wait_for_ever(WaitReason::chan_receive_nil);
  }
  if (RT0_UNLIKELY(c->timer != nullptr)) c->timer->ops->maybe_run(c->timer);
  if (!block && empty(c)) {
    // If it is open after it was found empty, it was empty and open at one moment. If it is closed, a value may have
    // been sent in between, so look again.
    if (c->closed.load_acquire() == 0) return {false, false};
    if (empty(c)) {
      clear(c, elem);
      return {true, false};
    }
  }
  chan_lock(c);
  if (RT0_UNLIKELY(c->closed.load_relaxed() != 0) && c->qcount.load_relaxed() == 0) {
    chan_unlock(c);
    clear(c, elem);
    return {true, false};
  }
  if (Sudog* s = c->sendq.dequeue(); s != nullptr) {
    chan_from_sender(c, s, elem);
    chan_unlock(c);
    chan_wake(s, true);
    return {true, true};
  }
  if (c->qcount.load_relaxed() > 0) {
    chan_get(c, elem);
    chan_unlock(c);
    return {true, true};
  }
  if (!block) {
    chan_unlock(c);
    return {false, false};
  }
  if (RT0_UNLIKELY(c->timer != nullptr)) return {true, wait_for_timer(c, elem)};
  return {true, wait_in(c, &c->recvq, elem, WaitReason::chan_receive)};
}

// All waiting goroutines are taken out of the queues before the first is made ready, because a ready goroutine may use
// the channel at once. They are woken in the order of Go's list: from the last to the first.
void detail::closechan(Hchan* c) {
  op_point(c);
  trace_fn(Ev::closechan);
  if (c == nullptr) panic_plain("close of nil channel");
  chan_lock(c);
  if (c->closed.load_relaxed() != 0) {
    chan_unlock(c);
    panic_plain("close of closed channel");
  }
  c->closed.store_release(1);
  Sudog* list = nullptr;
  take_all(c, &c->recvq, true, &list);
  take_all(c, &c->sendq, false, &list);
  chan_unlock(c);
  while (Sudog* s = list) {
    list = s->next;
    chan_wake(s, false);
  }
}

bool timerchandrain(Hchan* c) {
  if (c->qcount.load_relaxed() == 0) return false;
  chan_lock(c);
  const bool any = c->qcount.load_relaxed() > 0;
  while (c->qcount.load_relaxed() > 0) chan_get(c, nullptr);
  chan_unlock(c);
  return any;
}

usize detail::chan_len(const Hchan* c) { return c == nullptr || c->timer != nullptr ? 0 : c->qcount.load_relaxed(); }
usize detail::chan_cap(const Hchan* c) { return c == nullptr || c->timer != nullptr ? 0 : c->dataqsiz; }

Hchan* detail::chan_make(const ChanType* type, ptrdiff_t size) {
  return makechan(static_cast<u32>(type->size), static_cast<usize>(size), type);
}

// No handle is left, so no other goroutine can reach the channel, and no lock is needed. Goroutines that still wait in
// it are never woken.
void detail::chan_free(Hchan* c) NO_LOCK_ANALYSIS {
  if (c->timer != nullptr && c->timer->ops->abandon != nullptr) return c->timer->ops->abandon(c->timer);
  if (const ChanType* t = c->elemtype; t != nullptr && t->destroy != nullptr)
    for (usize n = c->qcount.load_relaxed(), i = c->recvx; n > 0; n--, i = chan_after(c, i)) t->destroy(chanbuf(c, i));
  heap_free(c);
}

}  // namespace rt0
