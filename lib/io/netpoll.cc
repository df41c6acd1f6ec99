#include "lib/io/netpoll.h"

#include "kernel_iface/kernel_io.h"
#include "mem/sysmem.h"
#include "sched/hooks.h"
#include "sched/proc.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr u32 kClosing = 1, kEventErr = 2, kExpiredRead = 4, kExpiredWrite = 8, kSeqShift = 16;

// Held by the M that makes the poller, which is made once. epfd and eventfd are set under it, and do not change after
// `inited` is 1; goroutines that have found 1 (acquire) read them without the lock.
constinit Mutex init_lock{{0}, LockRank::netpollInit};
constinit Atomic<u32> inited{0};
constinit Atomic<const char*> refused{"epoll_ctl"};  // the call that an error of pollOpen is about
constinit Atomic<u32> waiters{0};                    // goroutines parked in a PollDesc
constinit Atomic<u32> wake_sig{0};                   // 1: the eventfd has been written and not read yet
constinit i32 epfd = -1, eventfd = -1;

// All PollDescs. Block k has kFirstBlock << k of them; blocks are added but never freed. A PollDesc is found by its
// index.
constexpr u32 kFirstBlock = 32, kBlocks = 20, kEventIndex = ~u32{0};
struct Cache {
  Mutex lock;
  PollDesc* first GUARDED_BY(lock);
  u32 nblocks GUARDED_BY(lock);
};
constinit Cache cache{{{0}, LockRank::pollCache}, nullptr, 0};
constinit Atomic<PollDesc*> blocks[kBlocks] = {};

PollDesc* by_index(u32 index) {
  u32 k = 0, size = kFirstBlock;
  for (; index >= size; k++, size *= 2) index -= size;
  return &blocks[k].load_acquire()[index];
}

void grow_cache() REQUIRES(cache.lock) {
  const u32 k = cache.nblocks;
  if (k == kBlocks) throw_("runtime: too many pollDescs");
  const u32 n = kFirstBlock << k, base = kFirstBlock * ((1u << k) - 1);
  PollDesc* block = static_cast<PollDesc*>(persistentalloc(n * sizeof(PollDesc), alignof(PollDesc)));
  for (u32 i = n; i-- > 0;) {
    PollDesc* pd = &block[i];
    lockInit(&pd->lock, LockRank::pollDesc);
    pd->index = base + i;
    pd->link = cache.first;
    cache.first = pd;
  }
  blocks[k].store_release(block);
  cache.nblocks++;
}

PollDesc* cache_alloc() {
  lock(&cache.lock);
  if (cache.first == nullptr) grow_cache();
  PollDesc* pd = cache.first;
  cache.first = pd->link;
  unlock(&cache.lock);
  return pd;
}

void adjust_waiters(i32 delta) {
  if (delta != 0) (void)waiters.add_seqcst(static_cast<u32>(delta));
}

// Writes closing, the deadlines and fdseq to atomicInfo. Leaves kEventErr as it is: setEventErr writes that bit.
void publishInfo(PollDesc* pd) REQUIRES(pd->lock) {
  u32 info = (pd->closing ? kClosing : 0) | (pd->rd < 0 ? kExpiredRead : 0) | (pd->wd < 0 ? kExpiredWrite : 0);
  info |= pd->fdseq.load_relaxed() << kSeqShift;  // relaxed: only pollOpen and pollClose write it, under this lock
  for (;;) {
    const u32 x = pd->atomicInfo.load_relaxed();
    if (pd->atomicInfo.cas_seqcst(x, (x & kEventErr) | info)) return;
  }
}

// Called by the poller, without pd->lock. seq: the use of pd that the event belongs to; 0: any.
void setEventErr(PollDesc* pd, bool err, u32 seq) {
  for (;;) {
    const u32 x = pd->atomicInfo.load_relaxed();
    if (seq != 0 && x >> kSeqShift != (seq & 0xffff)) return;  // pd has a new use meanwhile
    if (((x & kEventErr) != 0) == err || pd->atomicInfo.cas_seqcst(x, x ^ kEventErr)) return;
  }
}

PollError checkerr(PollDesc* pd, PollMode mode) {
  const u32 info = pd->atomicInfo.load_seqcst();
  if ((info & kClosing) != 0) return PollError::closing;
  if ((info & (mode == PollMode::read ? kExpiredRead : kExpiredWrite)) != 0) return PollError::timeout;
  // Only for reading: a write returns the error by itself.
  if (mode == PollMode::read && (info & kEventErr) != 0) return PollError::not_pollable;
  return PollError::none;
}

Atomic<uintptr>* place(PollDesc* pd, PollMode mode) { return mode == PollMode::read ? &pd->rg : &pd->wg; }

// Runs on g0, when the goroutine has left its stack. If the place is no longer kPdWait, an event has come meanwhile:
// false, and the goroutine goes on at once.
bool blockcommit(G* gp, void* at) RT0_SYM("runtime.netpollblockcommit");
bool blockcommit(G* gp, void* at) {
  if (!static_cast<Atomic<uintptr>*>(at)->cas_seqcst(kPdWait, reinterpret_cast<uintptr>(gp))) return false;
  // The G is counted while this M still has its P, so no other M can find a deadlock before. A thread that has taken
  // the G out of the place by now has already subtracted it, so for a moment the count is one too small. That can't be
  // taken for "no goroutine waits": only the last running M looks for a deadlock, and this M is still running.
  adjust_waiters(1);
  return true;
}

// Parks the goroutine in pd's place. True: the descriptor is ready; false: a deadline or close.
bool block(PollDesc* pd, PollMode mode) RT0_SYM("runtime.netpollblock");
bool block(PollDesc* pd, PollMode mode) {
  Atomic<uintptr>* at = place(pd, mode);
  for (;;) {
    if (at->cas_seqcst(kPdReady, kPdNil)) return true;
    if (at->cas_seqcst(kPdNil, kPdWait)) break;
    const uintptr v = at->load_relaxed();
    check(v == kPdReady || v == kPdNil, "runtime: double wait");
  }
  if (checkerr(pd, mode) == PollError::none) gopark(blockcommit, at, WaitReason::io_wait);
  const uintptr old = at->xchg_seqcst(kPdNil);
  check(old <= kPdWait, "runtime: corrupted polldesc");
  return old == kPdReady;
}

// Takes the waiter, if any, out of its place: the caller must make it runnable. Go: netpollunblock.
G* unblock(PollDesc* pd, PollMode mode, bool ioready, i32* delta) {
  Atomic<uintptr>* at = place(pd, mode);
  for (;;) {
    const uintptr old = at->load_seqcst();
    if (old == kPdReady) return nullptr;
    if (old == kPdNil && !ioready) return nullptr;  // only the poller sets ready
    if (!at->cas_seqcst(old, ioready ? kPdReady : kPdNil)) continue;
    if (old == kPdWait || old == kPdNil) return nullptr;
    *delta -= 1;
    return reinterpret_cast<G*>(old);
  }
}

// The function of the timers. It runs on g0, with no locks held. Go: netpolldeadlineimpl.
void deadline(PollDesc* pd, uintptr seq, bool read, bool write) {
  lock(&pd->lock);
  if (static_cast<u32>(seq) != (read ? pd->rseq : pd->wseq)) {  // the deadline has been changed, or pd has a new user
    unlock(&pd->lock);
    return;
  }
  i32 delta = 0;
  G *rg = nullptr, *wg = nullptr;
  if (read) {
    check(pd->rd > 0 && pd->rrun, "runtime: inconsistent read deadline");
    pd->rd = -1;
    publishInfo(pd);
    rg = unblock(pd, PollMode::read, false, &delta);
  }
  if (write) {
    check(pd->wd > 0 && (pd->wrun || read), "runtime: inconsistent write deadline");
    pd->wd = -1;
    publishInfo(pd);
    wg = unblock(pd, PollMode::write, false, &delta);
  }
  unlock(&pd->lock);
  if (rg != nullptr) goready(rg);
  if (wg != nullptr) goready(wg);
  adjust_waiters(delta);
}
void both_deadline(void* pd, uintptr seq, i64) { deadline(static_cast<PollDesc*>(pd), seq, true, true); }
void read_deadline(void* pd, uintptr seq, i64) { deadline(static_cast<PollDesc*>(pd), seq, true, false); }
void write_deadline(void* pd, uintptr seq, i64) { deadline(static_cast<PollDesc*>(pd), seq, false, true); }

u32 waiter_count() { return waiters.load_seqcst(); }

constinit const NetpollHooks hooks = {netpoll, netpollBreak, waiter_count};

// Go: netpollGenericInit. It fails only for reasons outside rt0, such as no descriptors left.
Errno init() {
  if (inited.load_acquire() != 0) return Errno::ok;
  Locked l(&init_lock);
  if (inited.load_relaxed() != 0) return Errno::ok;
  const KernelIo& io = kernel_io();
  refused.store_relaxed("epoll_create1");
  SysResult r = io.poll_create();
  if (!r.ok()) return r.err;
  refused.store_relaxed("eventfd2");
  const i32 ep = static_cast<i32>(r.value);
  r = io.eventfd();
  if (r.ok()) {
    const i32 ev = static_cast<i32>(r.value);
    refused.store_relaxed("epoll_ctl");
    r = io.poll_add(ep, ev, kEventIndex, false);
    eventfd = ev;
    if (!r.ok()) (void)io.close(ev);
  }
  if (!r.ok()) {
    (void)io.close(ep);
    return r.err;
  }
  epfd = ep;
  inited.store_release(1);
  stack_scavenge_enable();
  netpoll_install(&hooks);
  return Errno::ok;
}

// Adds to *list the goroutines that one event makes ready. Go: netpollready.
void netpollready(GList* list, PollDesc* pd, u32 events, i32* delta) {
  const bool gone = (events & (PollEvent::kHup | PollEvent::kErr)) != 0;
  G *rg = nullptr, *wg = nullptr;
  if (gone || (events & (PollEvent::kIn | PollEvent::kRdhup)) != 0) rg = unblock(pd, PollMode::read, true, delta);
  if (gone || (events & PollEvent::kOut) != 0) wg = unblock(pd, PollMode::write, true, delta);
  if (rg != nullptr) list->push(rg);
  if (wg != nullptr) list->push(wg);
}

void set_timer(PollDesc* pd, RtTimer* t, bool* running, i64 when, TimerFn f, u32 seq) {
  if (when > 0) {
    (void)timer_modify(t, when, 0, f, pd, seq);
    *running = true;
  } else if (*running) {
    (void)timer_stop(t);
    *running = false;
  }
}

}  // namespace

Str poll_refused() { return cstr(refused.load_relaxed()); }

PollOpened pollOpen(i32 fd) {
  if (const Errno e = init(); e != Errno::ok) return {nullptr, e};
  PollDesc* pd = cache_alloc();
  // The first use of this PollDesc: makes its timers, which belong to a P from here on.
  if (pd->fdseq.load_relaxed() == 0) {
    timer_init(&pd->rt, read_deadline, pd);
    timer_init(&pd->wt, write_deadline, pd);
  }
  lock(&pd->lock);
  check(pd->rg.load_relaxed() <= kPdReady && pd->wg.load_relaxed() <= kPdReady, "runtime: blocked on free polldesc");
  pd->fd = fd;
  if (pd->fdseq.load_relaxed() == 0) pd->fdseq.store_relaxed(1);
  pd->closing = false;
  setEventErr(pd, false, 0);
  pd->rseq++;
  pd->wseq++;
  pd->rg.store_seqcst(kPdNil);
  pd->wg.store_seqcst(kPdNil);
  pd->rd = pd->wd = 0;
  publishInfo(pd);
  const u64 data = static_cast<u64>(pd->fdseq.load_relaxed()) << 32 | pd->index;
  unlock(&pd->lock);

  const SysResult r = kernel_io().poll_add(epfd, fd, data, true);
  if (r.ok()) return {pd, Errno::ok};
  lock(&cache.lock);
  pd->link = cache.first;
  cache.first = pd;
  unlock(&cache.lock);
  return {nullptr, r.err};
}

void pollClose(PollDesc* pd) {
  check(pd->rg.load_seqcst() <= kPdReady && pd->wg.load_seqcst() <= kPdReady, "runtime: blocked on closing polldesc");
  (void)kernel_io().poll_del(epfd, pd->fd);
  lock(&pd->lock);
  check(pd->closing, "runtime: close polldesc w/o unblock");
  // From here on events of this use are stale. A number comes again only after 2^32 uses of one PollDesc.
  u32 seq = pd->fdseq.load_relaxed() + 1;
  if (seq == 0) seq = 1;
  pd->fdseq.store_release(seq);
  publishInfo(pd);
  unlock(&pd->lock);
  lock(&cache.lock);
  pd->link = cache.first;
  cache.first = pd;
  unlock(&cache.lock);
}

PollError pollReset(PollDesc* pd, PollMode mode) {
  const PollError e = checkerr(pd, mode);
  if (e == PollError::none) place(pd, mode)->store_seqcst(kPdNil);
  return e;
}

PollError pollWait(PollDesc* pd, PollMode mode) {
  PollError e = checkerr(pd, mode);
  // Ends with readiness, close or a deadline. If the goroutine was woken without any of them, a deadline has fired and
  // been set anew before the goroutine ran: it waits again.
  while (e == PollError::none && !block(pd, mode)) e = checkerr(pd, mode);
  return e;
}

void pollSetDeadline(PollDesc* pd, i64 when, PollMode mode) {
  lock(&pd->lock);
  if (pd->closing) {
    unlock(&pd->lock);
    return;
  }
  const i64 rd0 = pd->rd, wd0 = pd->wd;
  const bool combo0 = rd0 > 0 && rd0 == wd0;
  if (mode != PollMode::write) pd->rd = when;
  if (mode != PollMode::read) pd->wd = when;
  publishInfo(pd);
  const bool combo = pd->rd > 0 && pd->rd == pd->wd;
  // A timer whose function is about to run finds another number in rseq or wseq, and does nothing.
  if (!pd->rrun || pd->rd != rd0 || combo != combo0) {
    if (pd->rrun) pd->rseq++;
    set_timer(pd, &pd->rt, &pd->rrun, pd->rd, combo ? both_deadline : read_deadline, pd->rseq);
  }
  if (!pd->wrun || pd->wd != wd0 || combo != combo0) {
    if (pd->wrun) pd->wseq++;
    set_timer(pd, &pd->wt, &pd->wrun, combo ? 0 : pd->wd, write_deadline, pd->wseq);
  }
  // A deadline in the past: the goroutines that wait are woken now.
  i32 delta = 0;
  G *rg = nullptr, *wg = nullptr;
  if (pd->rd < 0) rg = unblock(pd, PollMode::read, false, &delta);
  if (pd->wd < 0) wg = unblock(pd, PollMode::write, false, &delta);
  unlock(&pd->lock);
  if (rg != nullptr) goready(rg);
  if (wg != nullptr) goready(wg);
  adjust_waiters(delta);
}

void pollUnblock(PollDesc* pd) {
  lock(&pd->lock);
  check(!pd->closing, "runtime: unblock on closing polldesc");
  pd->closing = true;
  pd->rseq++;
  pd->wseq++;
  publishInfo(pd);
  i32 delta = 0;
  G* rg = unblock(pd, PollMode::read, false, &delta);
  G* wg = unblock(pd, PollMode::write, false, &delta);
  set_timer(pd, &pd->rt, &pd->rrun, 0, nullptr, 0);
  set_timer(pd, &pd->wt, &pd->wrun, 0, nullptr, 0);
  unlock(&pd->lock);
  if (rg != nullptr) goready(rg);
  if (wg != nullptr) goready(wg);
  adjust_waiters(delta);
}

GList netpoll(i64 delay_ns) {
  if (inited.load_acquire() == 0) return {};
  // The kernel takes milliseconds: -1 waits until an event comes, 0 does not wait. Any other wait lasts at least 1 ms,
  // and at most 11 days, after which the caller waits again.
  i32 ms = 0;
  if (delay_ns < 0) ms = -1;
  else if (delay_ns == 0) ms = 0;
  else if (delay_ns < 1000000) ms = 1;
  else if (delay_ns < 1000000000000000) ms = static_cast<i32>(delay_ns / 1000000);
  else ms = 1000000000;

  const KernelIo& io = kernel_io();
  PollEvent events[128];
  SysResult r = io.poll_wait(epfd, events, countof(events), ms);
  // If a signal has ended a timed wait, the caller must look at the clock again.
  while (!r.ok()) {
    if (r.err != Errno::intr) throw_("runtime: netpoll failed");
    if (ms > 0) return {};
    r = io.poll_wait(epfd, events, countof(events), ms);
  }
  GList list;
  i32 delta = 0;
  for (usize i = 0; i < r.value; i++) {
    const PollEvent& ev = events[i];
    const u32 index = static_cast<u32>(ev.data), seq = static_cast<u32>(ev.data >> 32);
    if (index == kEventIndex) {
      // netpollBreak is to wake a thread that waits in a poll. A poll that does not wait must not take the wake-up
      // away.
      if (delay_ns == 0) continue;
      u64 count = 0;
      (void)io.read(eventfd, &count, sizeof(count));
      wake_sig.store_seqcst(0);
      continue;
    }
    PollDesc* pd = by_index(index);
    if (pd->fdseq.load_acquire() != seq) continue;  // of a descriptor that has been closed
    setEventErr(pd, ev.events == PollEvent::kErr, seq);
    netpollready(&list, pd, ev.events, &delta);
  }
  adjust_waiters(delta);
  if (delta != 0) trace(Ev::PollReady, -delta);
  return list;
}

void netpollBreak() {
  if (!wake_sig.cas_seqcst(0, 1)) return;  // a wake-up is under way already
  const u64 one = 1;
  const SysResult r = ignoringEINTR([&] { return kernel_io().write(eventfd, &one, sizeof(one)); });
  check(r.ok() || r.err == Errno::again, "runtime: netpollBreak write failed");
}

}  // namespace rt0
