// Go: chan.go. Differs: values are copied byte by byte between stacks, which do not move; sudogs lie on those stacks.
//
// Who finds a partner waiting copies straight into or out of the partner's memory, under the channel's lock, and makes it
// ready after the lock is dropped. The partner sleeps until then, so its memory stays.
#include "sched/chan.h"

#include "mem/malloc.h"
#include "sched/panic.h"
#include "sched/proc.h"
#include "sched/tracer.h"

extern "C" void* memcpy(void*, const void*, rt0::usize);
extern "C" void* memset(void*, int, rt0::usize);

namespace rt0 {

namespace {

constexpr usize kMaxBytes = static_cast<usize>(-1) / 4;

u8* slot(Hchan* c, u32 i) { return c->buf + static_cast<usize>(i) * c->elemsize; }
u32 after(const Hchan* c, u32 i) { return i + 1 == c->dataqsiz ? 0 : i + 1; }

void copy(void* to, const void* from, usize n) {
  if (to != nullptr && from != nullptr) memcpy(to, from, n);
}

// Waits in q until a partner or closechan comes; true if it was a partner. Called with the lock, returns without.
bool wait_in(Hchan* c, Waitq* q, void* elem, WaitReason why) {
  G* gp = getg();
  Sudog mine{gp, elem, nullptr, nullptr, false};
  gp->waiting = &mine;
  q->enqueue(&mine);
  goparkunlock(&c->lock, why);
  gp->waiting = nullptr;
  return mine.success;
}

void wake(Sudog* s, bool success) {
  G* gp = s->g;
  s->success = success;
  goready(gp);
}

}  // namespace

void Waitq::enqueue(Sudog* s) {
  s->next = nullptr;
  s->prev = last;
  if (last != nullptr) last->next = s;
  else first = s;
  last = s;
}

Sudog* Waitq::dequeue() {
  Sudog* s = first;
  if (s == nullptr) return nullptr;
  first = s->next;
  if (first != nullptr) first->prev = nullptr;
  else last = nullptr;
  s->next = nullptr;
  return s;
}

Hchan* makechan(u32 elemsize, usize size) {
  trace_fn(Ev::makechan);
  if (size > 0xffffffffu || (elemsize != 0 && size > (kMaxBytes - sizeof(Hchan)) / elemsize))
    panic_plain("makechan: size out of range");
  constexpr usize kAlign = 16;
  const usize header = align_up(sizeof(Hchan), kAlign);
  u8* mem = static_cast<u8*>(mallocgc(header + elemsize * size, kAlign));
  if (mem == nullptr) panic_plain("makechan: size out of range");
  Hchan* c = reinterpret_cast<Hchan*>(mem);
  *c = {};
  lockInit(&c->lock, LockRank::hchan);
  c->elemsize = elemsize;
  c->dataqsiz = static_cast<u32>(size);
  c->buf = mem + header;
  return c;
}

bool chansend(Hchan* c, const void* elem, bool block) {
  if (c == nullptr) {
    if (!block) return false;
    gopark(nullptr, nullptr, WaitReason::chan_send_nil);
    check(false, "unreachable");
  }
  lock(&c->lock);
  if (c->closed) {
    unlock(&c->lock);
    panic_plain("send on closed channel");
  }
  if (Sudog* s = c->recvq.dequeue(); s != nullptr) {
    copy(s->elem, elem, c->elemsize);
    unlock(&c->lock);
    wake(s, true);
    return true;
  }
  if (c->qcount < c->dataqsiz) {
    copy(slot(c, c->sendx), elem, c->elemsize);
    c->sendx = after(c, c->sendx);
    c->qcount++;
    unlock(&c->lock);
    return true;
  }
  if (!block) {
    unlock(&c->lock);
    return false;
  }
  if (!wait_in(c, &c->sendq, const_cast<void*>(elem), WaitReason::chan_send)) panic_plain("send on closed channel");
  return true;
}

RecvResult chanrecv(Hchan* c, void* elem, bool block) {
  if (c == nullptr) {
    if (!block) return {false, false};
    gopark(nullptr, nullptr, WaitReason::chan_receive_nil);
    check(false, "unreachable");
  }
  if (c->timer != nullptr) c->timer->ops->maybe_run(c->timer);
  lock(&c->lock);
  if (c->qcount > 0) {
    copy(elem, slot(c, c->recvx), c->elemsize);
    Sudog* s = c->sendq.dequeue();
    if (s != nullptr)
      copy(slot(c, c->recvx), s->elem, c->elemsize);  // full: the sender's value goes to the end of the queue,
    c->recvx = after(c, c->recvx);                    // which is the slot just emptied
    if (s != nullptr) c->sendx = c->recvx;
    else c->qcount--;
    unlock(&c->lock);
    if (s != nullptr) wake(s, true);
    return {true, true};
  }
  if (c->closed) {
    unlock(&c->lock);
    if (elem != nullptr) memset(elem, 0, c->elemsize);
    return {true, false};
  }
  if (Sudog* s = c->sendq.dequeue(); s != nullptr) {  // unbuffered
    copy(elem, s->elem, c->elemsize);
    unlock(&c->lock);
    wake(s, true);
    return {true, true};
  }
  if (!block) {
    unlock(&c->lock);
    return {false, false};
  }
  if (c->timer != nullptr) c->timer->ops->block(c->timer);
  const bool got = wait_in(c, &c->recvq, elem, WaitReason::chan_receive);
  if (c->timer != nullptr) c->timer->ops->unblock(c->timer);
  if (!got && elem != nullptr) memset(elem, 0, c->elemsize);
  return {true, got};
}

void closechan(Hchan* c) {
  trace_fn(Ev::closechan);
  if (c == nullptr) panic_plain("close of nil channel");
  lock(&c->lock);
  if (c->closed) {
    unlock(&c->lock);
    panic_plain("close of closed channel");
  }
  c->closed = true;
  // Take everybody out first; they may run, and use the channel, as soon as they are ready.
  Waitq all;
  while (Sudog* s = c->recvq.dequeue()) all.enqueue(s);
  while (Sudog* s = c->sendq.dequeue()) all.enqueue(s);
  unlock(&c->lock);
  while (Sudog* s = all.dequeue()) wake(s, false);
}

}  // namespace rt0
