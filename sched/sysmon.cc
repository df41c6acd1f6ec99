// The monitor thread: needs no P, so it runs whatever the others do. Go: proc.go sysmon.
//
// Here is its rhythm: it looks every 20 µs, less and less often while there is nothing to do, down to every 10 ms, and not at all
// while everybody is idle. What it will look at comes with what it looks after: Ps in system calls and goroutines that have run
// for too long, the network, the collector. When it does, a P's clock must start at the first look, not at 0: else
// that look takes "never" for "since the machine was booted" and preempts the main goroutine in the middle of its boot.
#include "kernel_iface/kernel.h"
#include "sched/mthread.h"
#include "sched/tracer.h"

namespace rt0 {

namespace {
constexpr u32 kMinSleepUs = 20, kMaxSleepUs = 10 * 1000;
constexpr u32 kIdleRoundsBeforeBackoff = 50;  // 1 ms of looking every 20 µs, then twice as long each time
}  // namespace

void sysmon() {
  trace_boot(Ev::sysmon);
  lock(&sched.lock);
  sched.nmsys++;
  checkdead();
  unlock(&sched.lock);
  getg()->m->booting = false;

  u32 idle_rounds = 0, sleep_us = kMinSleepUs;
  for (;;) {
    if (idle_rounds++ > kIdleRoundsBeforeBackoff) sleep_us = min(2 * sleep_us, kMaxSleepUs);
    kernel->usleep(sleep_us);

    // Everybody idle: sleep until somebody takes a P (pidleget), rather than wake the CPU up for nothing.
    if (sched.npidle.load_relaxed() != static_cast<u32>(gomaxprocs)) continue;
    lock(&sched.lock);
    if (sched.npidle.load_relaxed() == static_cast<u32>(gomaxprocs)) {  // again, for now it can't change
      noteclear(&sched.sysmonnote);
      sched.sysmonwait.store_relaxed(1);
      unlock(&sched.lock);
      notesleep(&sched.sysmonnote);
      idle_rounds = 0;
      sleep_us = kMinSleepUs;
      continue;
    }
    unlock(&sched.lock);
  }
}

}  // namespace rt0
