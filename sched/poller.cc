// The poller: the one M without a P that waits for the network and the next timer, and how other threads wake it.
//
// One M at a time is the poller: the one that has changed `polling` from 0 to 1. A thread that sets an earlier deadline
// has to wake it. That thread (wakeNetPoller) first makes its deadline public, then reads `polling`, then poll_until.
// If it compared with the deadline of an earlier poller it could leave the present one asleep for too long. So a
// poller's stores have this order, each sequentially consistent:
//   polling = 1, poll_until = its deadline; the wait; poll_until = 0, polling = 0
// A thread that reads the 1 of this poller then reads one of three values of poll_until:
//   0, as the poller before left it: the thread takes it for "not set yet" and wakes the poller;
//   the deadline of this poller, which it compares with its own;
//   0 again, or the deadline of a poller that came later: then this poller's wait is over. It looks at all timers after
//   that, and finds the thread's deadline, which was public before the thread read `polling`.
#include "kernel_iface/kernel.h"
#include "sched/hooks.h"
#include "sched/pidle.h"
#include "sched/proc.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr i64 kNever = 0x7fff'ffff'ffff'ffff;

}  // namespace

bool poll_until(i64 now, i64 deadline, GList* list) {
  const NetpollHooks* net = netpoll_hooks.load_acquire();
  const bool waiters = net != nullptr && net->waiters() != 0;
  if (!waiters && deadline == 0) return false;
  if (!sched.polling.cas_seqcst(0, 1)) {
    // The M that waits may sleep until after this M's first deadline. Go: "netpollBreak".
    if (deadline != 0) wakeNetPoller(deadline);
    return false;
  }
  sched.poll_until.set(deadline == 0 ? kNever : deadline);
  i64 delay = -1;
  if (deadline != 0) delay = max<i64>(deadline - (now != 0 ? now : kernel->nanotime()), 0);
  trace(Ev::PollBlock, delay);
  if (net != nullptr) {
    *list = net->poll(delay);
  } else if (delay != 0 && sched.pollwake.load_acquire() == 0) {
    kernel->futexsleep(&sched.pollwake, 0, delay);
  }
  sched.pollwake.store_seqcst(0);
  sched.poll_until.set(0);
  sched.lastpoll.store_relaxed(poll_time(kernel->nanotime()));
  sched.polling.store_seqcst(0);
  return true;
}

void wakeNetPoller(i64 when) {
  if (sched.polling.load_seqcst() == 0) {
    // No M waits: starts one that looks for work and then waits until this deadline. Go: wakeNetPoller.
    wakep();
    return;
  }
  const i64 until = sched.poll_until.get();
  // Compared by the millisecond, and a poller that is to wake in the same millisecond is woken too.
  if (until == 0 || when >> 20 <= until >> 20) poll_wake();
}

void poll_wake() {
  if (const NetpollHooks* net = netpoll_hooks.load_acquire(); net != nullptr) net->wake();
  // Also wakes an M that began to wait when there was no network poller.
  if (sched.pollwake.xchg_seqcst(1) == 0) kernel->futexwakeup(&sched.pollwake, 1);
}

void netpoll_install(const NetpollHooks* hooks) {
  netpoll_hooks.store_release(hooks);
  poll_wake();
}

}  // namespace rt0
