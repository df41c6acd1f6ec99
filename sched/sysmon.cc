// The monitor thread: needs no P, so it runs whatever the goroutines do. Go: proc.go sysmon, retake.
//
// It looks every 20 µs, less and less often while there is nothing to do, down to every 10 ms, and not at all while
// all Ps are idle. It takes Ps from system calls that take long, asks goroutines that have run for 10 ms to yield, and
// looks at the network and for late timers when no other M does.
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "mem/malloc.h"
#include "sched/above.h"
#include "sched/debugvars.h"
#include "sched/hooks.h"
#include "sched/maxprocs.h"
#include "sched/mthread.h"
#include "sched/pidle.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "sched/runq.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr u32 kMinSleepUs = 20, kMaxSleepUs = 10 * 1000;
constexpr u32 kMaxRetryUs = 320;              // while a goroutine has been asked to yield and has not
constexpr u32 kIdleRoundsBeforeBackoff = 50;  // 1 ms of looking every 20 µs, then twice as long each time
constexpr i64 kMs = 1000 * 1000;
constexpr i64 kForcePreemptNs = 10 * kMs;  // a goroutine's time slice, and the longest a P stays with a system call
constexpr i64 kLongSleepNs = 60 * 1000 * kMs;
constexpr u32 kScavengeStacks = 256;  // a system call for each, less than a millisecond in all

// v < 0: counts one M more as running, until it is called with the opposite v. sysmon itself counts as no M, so while
// it has a P, or goroutines to start, checkdead might find that all Ms sleep and report a deadlock. Go: incidlelocked.
void incidlelocked(i32 v) {
  lock(&sched.lock);
  sched.nmidlelocked += v;
  if (v > 0) checkdead();
  unlock(&sched.lock);
}

// Has this P run the same goroutine, or been in the same system call, since the last look? The time counts from the
// first look. If *since began as a valid 0, the P would seem to have run since the machine was booted, and the main
// goroutine would be preempted in the middle of its boot.
bool unchanged(u32* seen, i64* since, u32 tick, i64 now) {
  if (*seen == tick && *since != 0) return true;
  *seen = tick;
  *since = now;
  return false;
}

// Takes pp from its system call if that takes long. Gives the lock back while it hands the P off.
bool retake_syscall(P* pp, i64 now, bool sysretake) REQUIRES(allpLock) {
  Sysmontick* seen = &pp->sysmontick;
  const u32 tick = pp->syscalltick.load_relaxed();
  if (!unchanged(&seen->syscalltick, &seen->syscallwhen, tick, now) && !sysretake) return false;
  // The P has no work, and other Ms or idle Ps are there for new work: it stays with its M, but only for a time slice,
  // because a P in a system call keeps sysmon awake. The same holds for the writes of print statements (kept): these
  // are most often short, and must not decide which goroutine runs next.
  const bool no_use = runqempty(pp) && sched.nmspinning.load_relaxed() + sched.npidle.load_relaxed() > 0;
  if ((no_use || pp->kept.load_relaxed() != 0) && seen->syscallwhen + kForcePreemptNs > now) return false;
  unlock(&allpLock);
  incidlelocked(-1);
  const bool taken = pp->status.cas_acqrel(PStatus::syscall, PStatus::idle);
  if (taken) {
    bump(&pp->syscalltick);
    trace(Ev::ProcRetake, pp->id);
    handoffp(pp);
  }
  incidlelocked(1);
  lock(&allpLock);
  return taken;
}

// *asked becomes true if a goroutine was asked to yield.
u32 retake(i64 now, bool* asked) RT0_SYM("runtime.retake");
u32 retake(i64 now, bool* asked) {
  u32 n = 0;
  lock(&allpLock);
  for (i32 i = 0; i < allp_len; i++) {  // may change while the lock is dropped
    P* pp = allp.load_relaxed()[i];
    if (pp == nullptr) continue;
    const PStatus s = pp->status.load_acquire();
    Sysmontick* seen = &pp->sysmontick;
    if (s == PStatus::idle) seen->schedwhen = seen->syscallwhen = 0;  // its next goroutine has a time slice of its own
    if (s == PStatus::idle || s == PStatus::dead) continue;
    bool sysretake = false;
    if (unchanged(&seen->schedtick, &seen->schedwhen, pp->schedtick.load_relaxed(), now) &&
        seen->schedwhen + kForcePreemptNs <= now) {
      // gcstop: a goroutine that stops the world again and again, as by stack(…, true), is nearly always found here. It
      // sees the request when it starts the world. No signal: it could not be stopped now.
      if (s == PStatus::gcstop) ask_to_yield(pp);
      else preemptone(pp);
      *asked = true;
      sysretake = true;  // it may have made many short system calls: its slice is over even then
    }
    if (s == PStatus::syscall && retake_syscall(pp, now, sysretake)) n++;
  }
  unlock(&allpLock);
  return n;
}

// The earliest deadline of all Ps, 0 for none.
i64 first_deadline() {
  const TimerHooks* timers = timer_hooks.load_acquire();
  if (timers == nullptr) return 0;
  i64 next = 0;
  lock(&allpLock);
  for (i32 i = 0; i < allp_len; i++) {
    P* pp = allp.load_relaxed()[i];
    const i64 when = pp != nullptr ? timers->wake_time(pp) : 0;
    if (when != 0 && (next == 0 || when < next)) next = when;
  }
  unlock(&allpLock);
  return next;
}

// Looks at the network and the timers if no M has done so for 10 ms: all Ps may be busy with goroutines that never
// stop.
void look_for_others(i64 now) {
  const NetpollHooks* net = netpoll_hooks.load_acquire();
  if (net != nullptr && sched.polling.load_relaxed() == 0 && poll_age(now, sched.lastpoll.load_relaxed()) > 10) {
    sched.lastpoll.store_relaxed(poll_time(now));
    // As in retake_syscall, and from before the poll: a goroutine that it has taken no longer counts as a waiter, and
    // is not runnable yet. An M that went idle meanwhile would see nothing to wait for, and report a deadlock.
    incidlelocked(-1);
    GList list = net->poll(0);
    (void)injectglist(&list);
    incidlelocked(1);
  }
  if (timer_hooks.load_acquire() == nullptr || sched.npidle.load_relaxed() == 0) return;
  // If a timer is late although a P is idle, starts an M, which will run it. Go does the same.
  const i64 next = first_deadline();
  if (next != 0 && next < now) startm(nullptr, false);
}

// Sets waitsince, for tracebacks: a goroutine that waits and has no time yet gets `now`.
void note_waiting(i64 now) {
  for (G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    const GStatus s = readgstatus(gp);
    if ((s == GStatus::waiting || s == GStatus::syscall) && gp->waitsince == 0) gp->waitsince = now;
  }
}

u32 scavenge() {
  const ScavengeHooks* hooks = scavenge_hooks.load_acquire();
  return hooks != nullptr ? hooks->some(kScavengeStacks) : 0;
}
u32 scavenge_near_limit(i64 now) {
  const ScavengeHooks* hooks = scavenge_hooks.load_acquire();
  return hooks != nullptr ? hooks->near_limit(now) : 0;
}

// If all Ps are idle, or the world is stopped, sleeps until an M takes a P (pidleget) or the world starts, but for a
// minute at most. *now becomes the time after that sleep. True if it was woken. The thread that clears sysmonwait must
// wake it, once; so sysmonwait is cleared only with the lock held.
bool sleep_while_idle(i64* now) {
  if (debug.schedtrace > 0) return false;
  auto idle = [] {
    return sched.gcwaiting.load_relaxed() != 0 ||
           sched.npidle.load_relaxed() == static_cast<u32>(gomaxprocs.load_relaxed());
  };
  if (!idle()) return false;
  lock(&sched.lock);
  const bool still = idle();  // with the lock held it can't change
  bool slept = false;
  if (still) {
    noteclear(&sched.sysmonnote);
    sched.sysmonwait.store_relaxed(1);
    unlock(&sched.lock);
    slept = notetsleep(&sched.sysmonnote, kLongSleepNs);
    lock(&sched.lock);
    sched.sysmonwait.store_relaxed(0);
  }
  unlock(&sched.lock);
  if (!still) return false;
  *now = kernel->nanotime();
  if (slept) return true;
  note_waiting(*now);
  // The process has been idle for a minute: gives stacks' memory back, until a P has work again or no stack is left.
  while (idle() && scavenge() != 0) *now = kernel->nanotime();
  return false;
}

}  // namespace

void sysmon() {
  trace_boot(Ev::sysmon);
  lock(&sched.lock);
  sched.nmsys++;
  checkdead();
  unlock(&sched.lock);
  getg()->m->booting = false;
  guard_first_ms();

  u32 idle_rounds = 0, sleep_us = kMinSleepUs, retry_us = 0;
  i64 lasttrace = 0, lastnote = 0, lastmaxprocs = 0;
  for (;;) {
    if (idle_rounds == 0) sleep_us = kMinSleepUs;
    else if (idle_rounds > kIdleRoundsBeforeBackoff) sleep_us = min(2 * sleep_us, kMaxSleepUs);
    kernel->usleep(retry_us != 0 ? min(retry_us, sleep_us) : sleep_us);
    i64 now = kernel->nanotime();
    // It does not sleep long while GOMEMLIMIT is near and there are stacks whose memory can be given back.
    if (scavenge_near_limit(now) == 0 && sleep_while_idle(&now)) {
      idle_rounds = 0;
      sleep_us = kMinSleepUs;
    }
    look_for_others(now);
    bool asked = false;
    if (retake(now, &asked) != 0) idle_rounds = 0;
    else idle_rounds++;
    // The signal may find the goroutine where it can't be stopped, as in the kernel's vDSO: it is asked again soon. The
    // simulated kernel brings no signal; there the goroutine yields at its next scheduling point.
    if (!asked || simulated != 0) retry_us = 0;
    else retry_us = retry_us == 0 ? kMinSleepUs : min(2 * retry_us, kMaxRetryUs);
    // Not under the simulated kernel: when there is something to give back depends on sizes, which must decide nothing
    // there.
    if (simulated == 0)
      if (const usize bytes = bgscavenge(now); bytes != 0) trace(Ev::Scavenge, static_cast<i64>(bytes));
    if (now - lastmaxprocs >= 1000 * kMs) {
      if (lastmaxprocs != 0 && &detail::maxprocs != nullptr) detail::maxprocs.update();
      lastmaxprocs = now;
    }
    if (now - lastnote >= kLongSleepNs) {
      if (lastnote != 0) {
        note_waiting(now);
        (void)scavenge();
      }
      lastnote = now;
    }
    if (debug.schedtrace > 0 && lasttrace + debug.schedtrace * kMs <= now) {
      lasttrace = now;
      schedtrace(debug.scheddetail > 0);
    }
  }
}

}  // namespace rt0
