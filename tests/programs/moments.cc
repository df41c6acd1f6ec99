// Moments of the scheduler that are rare in a program, made on purpose: moments MODE. Prints what sched_test.py checks.
//   removed   goroutines, timers and dead Gs of Ps that GOMAXPROCS no longer covers
//   handoff   a P is handed off while a thread waits until all Ps have stopped
//   enter     a system call begins while a thread waits until all Ps have stopped
//   block     a goroutine is ready when another one's long system call begins, on the only P
//   timers    a P with a timer is handed off while the poller sleeps for long
//   late      nobody but sysmon can see that a timer is late
//   polled    sysmon has taken a goroutine from the network and not made it runnable yet when the last M goes idle
//   answered  a goroutine yields only if there is a request to yield that has not been answered
//   calls     a goroutine is in a system call for a thousandth of its time
//   always    whenever sysmon looks, the only P is in a system call, each time in another one
//   refused   Linux refuses to make a thread, three times
//   inject    a P goes idle while goroutines are put on the queues, when the idle Ps have been counted already
//   poller    a thread that would wait in the poller finds another one there; the network's poller comes late
//   thief     seven Ps have a goroutine each, and the eighth steals one
//   wired     a goroutine that is locked to its thread is next on another thread's P
#include "kernel_iface/kernel.h"
#include "sched/above.h"
#include "sched/hooks.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "sched/runq.h"
#include "sched/stw.h"
#include "sched/syscall.h"

#include <rt0/internal.h>

#include "use_kernel.h"
#include "words.h"

using namespace rt0;

namespace {

constexpr i64 kMsNs = 1000 * 1000, kNever = 0x7fff'ffff'ffff'ffff;

// Waits until all other Ms sleep. Calls nothing of the scheduler, so that they find no work meanwhile.
void settle() {
  const i64 end = kernel->nanotime() + 20 * kMsNs;
  while (kernel->nanotime() < end || sched.nmspinning.load_seqcst() != 0) {}
}

void removed() {
  static constinit atomic::Int32 ran{}, fired{};
  for (int i = 0; i < 8; i++) go([] {});
  for (int i = 0; i < 100; i++) gosched();  // the eight are dead
  settle();
  stopTheWorld();
  P* const mine = getg()->m->p;
  P* const last = procs().at[mine->id == 3 ? 2 : 3];
  for (int i = 0; i < 3; i++) go([] { ran.add(1); });
  while (G* gp = runqget(mine).gp) runqput(last, gp, false);
  (void)after_func(ms(1), [] { fired.add(1); });
  timer_hooks.load_acquire()->take(last, mine);
  for (P* pp : procs())
    if (G* gp = pp == last ? nullptr : pp->gFree.pop()) {
      bump(&pp->gFree_n, -1);
      last->gFree.push(gp);
      bump(&last->gFree_n);
    }
  const bool dead = !last->gFree.empty();
  startTheWorld(1);
  for (int i = 0; i < 100; i++) gosched();
  const int have_run = ran.load();
  for (int i = 0; i < 400 && fired.load() == 0; i++) sleep(ms(5));
  println("ran", have_run, "fired", fired.load(), "dead", dead && last->gFree.empty());
}

// The last P that a thread waits for is handed off: the thread must be woken.
void handoff() {
  settle();
  static bool stopped, woken;
  systemstack([] {
    lock(&sched.lock);
    P* pp = pidleget();
    noteclear(&sched.stopnote);
    sched.stopwait = 1;
    sched.gcwaiting.store_seqcst(1);
    unlock(&sched.lock);
    handoffp(pp);
    lock(&sched.lock);
    sched.gcwaiting.store_seqcst(0);
    stopped = pp->status.load_relaxed() == PStatus::gcstop;
    woken = sched.stopnote.key.load_relaxed() != 0;
    noteclear(&sched.stopnote);
    if (stopped) {
      pp->status.store_relaxed(PStatus::idle);
      pidleput(pp);
    }
    unlock(&sched.lock);
  });
  println("stopped", stopped, "woken", woken);
}

void enter() {
  settle();
  lock(&sched.lock);
  noteclear(&sched.stopnote);
  sched.stopwait = 1;
  unlock(&sched.lock);
  sched.gcwaiting.store_seqcst(1);
  entersyscall();
  sched.gcwaiting.store_seqcst(0);
  P* const pp = getg()->m->oldp;
  const bool stopped = pp->status.load_relaxed() == PStatus::gcstop;
  const bool woken = sched.stopnote.key.load_relaxed() != 0;
  if (stopped) pp->status.store_seqcst(PStatus::syscall);
  exitsyscall();
  println("stopped", stopped, "woken", woken);
}

void block() {
  atomic::Int32 ran;
  go([&] { ran.add(1); });
  spill_registers();
  entersyscallblock();
  kernel->usleep(200 * 1000);
  const int meanwhile = ran.load();
  exitsyscall();
  println("ran meanwhile", meanwhile);
}

// Sets what an M sets that waits in the poller until `until`.
void pretend_poller(i64 until) {
  sched.poll_until.set(until);
  sched.polling.store_seqcst(1);
}

void timers() {
  settle();
  pretend_poller(kNever);
  (void)after_func(hours(1), [] {});
  static bool woken;
  static P* mine;
  mine = getg()->m->p;
  systemstack([] {
    lock(&sched.lock);
    P* pp = pidleget();
    unlock(&sched.lock);
    timer_hooks.load_acquire()->take(pp, mine);
    sched.pollwake.store_seqcst(0);
    handoffp(pp);
    woken = sched.pollwake.load_acquire() != 0;
  });
  println("woken", woken);
  exit(0);
}

void late() {
  settle();
  pretend_poller(kNever);
  atomic::Int32 woken;
  go([&] {
    sleep(ms(5));
    woken.store(1);
  });
  gosched();
  const i64 end = kernel->nanotime() + 5000 * kMsNs;
  while (woken.load() == 0 && kernel->nanotime() < end) {}
  println("woken", woken.load());
  exit(0);
}

// The hooks of the network with one change: sysmon's poll, once it has found a goroutine, returns 100 ms later.
const NetpollHooks* network;
constinit Atomic<u32> found{0};
GList slow_poll(i64 delay) {
  GList list = network->poll(delay);
  if (getg()->m->p == nullptr && delay == 0 && !list.empty()) {
    found.store_seqcst(1);
    kernel->usleep(100 * 1000);
  }
  return list;
}
constinit NetpollHooks slow{};

void polled() {
  auto [pair, err] = net::socketpair();
  WaitGroup wg;
  size_t read = 0;
  wg.go([&] {
    char b[8];
    read = pair.a.read(b, sizeof(b)).value;
  });
  gosched();
  network = netpoll_hooks.load_acquire();
  slow = {slow_poll, network->wake, network->waiters};
  netpoll_hooks.store_release(&slow);
  (void)pair.b.write("four");
  while (found.load_seqcst() == 0) {}  // the only P is busy, so that nobody but sysmon asks the network
  wg.wait();
  println("read", read);
}

// sysmon may make a request at any moment, so there are several rounds: it will not make one in each of them.
void answered() {
  atomic::Int32 ran;
  int without_request = 1;
  for (int i = 0; i < 20 && without_request != 0; i++) {
    gosched();
    ran.store(0);
    go([&] { ran.add(1); });
    getg()->preempt.store_relaxed(0);
    preempt_here();
    without_request = ran.load();
  }
  getg()->preempt.store_relaxed(1);
  gosched();
  println("without a request", without_request, "after one", ran.load(), "left", getg()->preempt.load_relaxed());
}

// A goroutine makes short system calls, and calculates for long in between: main must have its turn nevertheless.
void calls() {
  atomic::Int32 stop;
  int n = 0;
  go([&] {
    for (; n < 300 && stop.load() == 0; n++) {
      for (const i64 end = kernel->nanotime() + 5 * kMsNs; kernel->nanotime() < end;) {}
      spill_registers();
      entersyscall();
      exitsyscall();
    }
  });
  gosched();
  stop.store(1);
  println("main has its turn", n < 300);
}

// Another goroutine must have the P meanwhile. A system call that lasts would be seen as the same one at two looks of
// sysmon; here each look finds another one.
void always() {
  atomic::Int32 ran;
  go([&] { ran.store(1); });
  spill_registers();
  entersyscall();
  P* const pp = getg()->m->oldp;
  const i64 end = kernel->nanotime() + 5000 * kMsNs;
  while (pp->status.load_acquire() == PStatus::syscall && kernel->nanotime() < end) bump(&pp->syscalltick);
  kernel->usleep(100 * 1000);
  const int meanwhile = ran.load();
  exitsyscall();
  println("ran meanwhile", meanwhile);
}

constinit Atomic<u32> asked{0}, naps{0};

// The runtime asks again, after 1, 2 and 3 ms.
void refused() {
  static Kernel strict;
  strict = *kernel;
  strict.newosproc = [](uintptr sp, uintptr* tls) {
    if (asked.add_seqcst(1) <= 3) return SysResult{0, Errno::again};
    return linux_kernel.newosproc(sp, tls);
  };
  strict.usleep = [](u32 us) {
    if (us == 1000 || us == 2000 || us == 3000) (void)naps.add_seqcst(us / 1000);
    linux_kernel.usleep(us);
  };
  use_kernel(&strict);
  // A goroutine that ends while it is locked to its thread takes the thread with it, so that more are needed.
  int i = 0;
  for (; i < 20 && asked.load_seqcst() < 4; i++) {
    WaitGroup wg;
    wg.go(lock_os_thread);
    wg.wait();
  }
  println("all ended", i < 20, "slept ms", naps.load_seqcst());
}

// A goroutine that is locked to its thread is woken by one on another thread, which then waits itself.
void wired() {
  Chan<int> there(0), back(0);
  int wrong = 0;
  go([&] {
    lock_os_thread();
    const M* const mine = getg()->m;
    for (int v : there) {
      wrong += getg()->m != mine;
      back.send(v);
      wrong += getg()->m != mine;
    }
  });
  for (int i = 0; i < 100; i++) {
    there.send(i);
    (void)back.recv();
  }
  println("on another thread", wrong);
}

GList parked;
constinit Atomic<u32> nparked{0}, hold{1}, holds{0}, busy{1}, ran{0};
void park_in_list() {
  gopark(
      [](G* gp, void*) {
        parked.push(gp);
        (void)nparked.add_seqcst(1);
        return true;
      },
      nullptr, WaitReason::sleep);
}

// Three Ps: main's, one that is idle, and one whose goroutine is busy. Main makes two goroutines ready: one for the
// idle P, where it holds on, and one for its own queue. When the thread of the idle P is woken, the busy goroutine
// ends, so that its P goes idle, too. The second goroutine must be taken there, for main's P does not come to it.
void inject() {
  go([] {
    park_in_list();
    ran.store_seqcst(1);
  });
  gosched();
  go([] {
    park_in_list();
    holds.store_seqcst(1);
    while (hold.load_seqcst() != 0) {}
  });
  while (nparked.load_seqcst() != 2) gosched();
  go([] {
    busy.store_seqcst(2);
    while (busy.load_seqcst() != 0) {}
  });
  while (busy.load_seqcst() != 2) {}
  settle();
  static Kernel own;
  own = *kernel;
  own.futexwakeup = [](Atomic<u32>* addr, u32 count) {
    linux_kernel.futexwakeup(addr, count);
    if (getg()->goid != 1 || busy.load_seqcst() == 0) return;
    while (holds.load_seqcst() == 0) {}
    busy.store_seqcst(0);
    while (sched.npidle.load_seqcst() == 0 || sched.nmspinning.load_seqcst() != 0) {}
  };
  use_kernel(&own);
  (void)injectglist(&parked);
  for (const i64 end = kernel->nanotime() + 2000 * kMsNs; ran.load_seqcst() == 0 && kernel->nanotime() < end;) {}
  println("ran beside main", ran.load_seqcst(), "found an idle P", busy.load_seqcst() == 0);
  hold.store_seqcst(0);
}

void poller() {
  settle();
  pretend_poller(kNever);
  static bool waited, earlier, installed;
  systemstack([] {
    GList list;
    sched.pollwake.store_seqcst(0);
    waited = poll_until(kernel->nanotime(), kernel->nanotime() + kMsNs, &list);
    earlier = sched.pollwake.load_seqcst() != 0;
    sched.pollwake.store_seqcst(0);
    slow = {[](i64) { return GList{}; }, [] {}, [] { return u32{0}; }};
    netpoll_install(&slow);
    installed = sched.pollwake.load_seqcst() != 0;
  });
  println("waited", waited, "woken by an earlier deadline", earlier, "by a poller of the network", installed);
  exit(0);
}

// A thief begins its search at a P drawn at random, and goes on by a step drawn at random. The other seven Ps look as
// if they were being handed to threads on the way: none of them is on the list of idle Ps, and each has one goroutine.
void thief() {
  constexpr u32 kOthers = 7, kRounds = 140;
  static G* on[1 + kOthers];
  static Atomic<u32> first;
  static P* others[kOthers];
  u32 robbed[1 + kOthers] = {};
  settle();
  systemstack([] {
    lock(&sched.lock);
    for (P*& pp : others) pp = pidleget();
    unlock(&sched.lock);
  });
  for (u32 round = 0; round < kRounds; round++) {
    first.store_seqcst(0);
    WaitGroup wg;
    for (u32 i = 0; i < kOthers; i++)
      wg.go([] {
        for (u32 id = 0; id <= kOthers; id++)
          if (on[id] == getg()) (void)first.cas_seqcst(0, id + 1);
      });
    for (P* pp : others) {
      on[pp->id] = runqget(getg()->m->p).gp;
      runqput(pp, on[pp->id], false);
    }
    wg.wait();
    robbed[first.load_seqcst() - 1]++;
  }
  u32 least = kRounds, most = 0;
  for (P* pp : others) least = min(least, robbed[pp->id]), most = max(most, robbed[pp->id]);
  println("each is robbed", least > 0, "none most of the time", most < kRounds / 2);
  exit(0);
}

}  // namespace

int main(int, char** argv) {
  const char* const mode = argv[1];
  if (same(mode, "removed")) removed();
  if (same(mode, "handoff")) handoff();
  if (same(mode, "enter")) enter();
  if (same(mode, "block")) block();
  if (same(mode, "timers")) timers();
  if (same(mode, "late")) late();
  if (same(mode, "polled")) polled();
  if (same(mode, "answered")) answered();
  if (same(mode, "calls")) calls();
  if (same(mode, "always")) always();
  if (same(mode, "refused")) refused();
  if (same(mode, "wired")) wired();
  if (same(mode, "inject")) inject();
  if (same(mode, "poller")) poller();
  if (same(mode, "thief")) thief();
}
