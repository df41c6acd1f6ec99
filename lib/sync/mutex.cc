// sync.Mutex's slow paths. Go: internal/sync/mutex.go.
//
// A mutex has two modes. In normal mode a woken waiter competes with goroutines that are running already, and mostly
// loses; this is fast. A waiter that loses waits at the front of the queue again. When a waiter has waited for more
// than 1 ms, the mutex becomes starving: unlock hands it to the waiter at the front, and goroutines that come later
// queue at the end. A waiter that is the last one, or that has waited for less than 1 ms, ends the starving mode.
//
// Invariants of state_, which only CAS and add change:
//   M1  kStarving is set only while there are waiters. Then kLocked may be clear although the mutex has an owner: the
//       waiter that is being woken, which sets kLocked itself.
//   M2  kWoken says that a goroutine is awake and wants the mutex, so unlock does not wake another one. That goroutine
//       clears it.
//   M3  Each waiter that is counted calls semacquire once. Its count is taken back by the unlock that calls semrelease
//       (normal), or by the waiter itself (starving).
#include "kernel_iface/kernel.h"
#include "lib/sync/sema.h"
#include "rt0/sync.h"
#include "sched/above.h"
#include "sched/runq.h"

namespace rt0::internal::sync {

namespace {
constexpr i64 kStarvationThresholdNs = 1000 * 1000;
constexpr i32 kActiveSpin = 4;
constexpr i32 kActiveSpinCount = 30;

// Is it worth waiting busily for a moment? Yes, if other Ps run goroutines, one of which may hold the mutex, and this P
// has no other goroutine to run.
bool runtime_canSpin(i32 i) {
  if (i >= kActiveSpin || ncpu <= 1) return false;
  if (gomaxprocs.load_relaxed() <= static_cast<i32>(sched.npidle.load_relaxed() + sched.nmspinning.load_relaxed()) + 1)
    return false;
  return runqempty(getg()->m->p);
}

void runtime_doSpin() {
  for (i32 i = 0; i < kActiveSpinCount; i++) Isa::cpu_relax();
}

[[noreturn, gnu::noinline]] void fatal(Str why) { rt0::fatal(why); }

// A function of its own, because Go's traceback has a frame for it. The barrier keeps the call in it from being a tail
// call, which would remove that frame.
[[gnu::noinline]] void runtime_SemacquireMutex(detail::Sema* s, bool lifo) {
  semacquire1(s, lifo, WaitReason::mutex_lock);
  compiler_barrier();
}

}  // namespace

void Mutex::lock_slow() {
  i64 wait_start = 0;
  bool starving = false, awoke = false;
  i32 iter = 0;
  for (i32 old = state_.load();;) {  // each round spins or waits, or its CAS failed because another goroutine succeeded
    if ((old & (kLocked | kStarving)) == kLocked && runtime_canSpin(iter)) {
      // Sets kWoken, so that unlock does not wake a sleeping waiter, if there is one, in addition to this goroutine.
      if (!awoke && (old & kWoken) == 0 && (old >> kWaiterShift) != 0 && state_.compare_and_swap(old, old | kWoken))
        awoke = true;
      runtime_doSpin();
      iter++;
      old = state_.load();
      continue;
    }
    i32 next = old;
    if ((old & kStarving) == 0) next |= kLocked;  // M1: a starving mutex belongs to a waiter
    if ((old & (kLocked | kStarving)) != 0) next += 1 << kWaiterShift;
    if (starving && (old & kLocked) != 0)
      next |= kStarving;  // not if the mutex is free: then this goroutine takes it, and perhaps no other one waits
    if (awoke) {
      if ((next & kWoken) == 0) throw_("sync: inconsistent mutex state");
      next &= ~kWoken;
    }
    if (!state_.compare_and_swap(old, next)) {
      old = state_.load();
      continue;
    }
    if ((old & (kLocked | kStarving)) == 0) return;  // taken

    const bool lifo = wait_start != 0;  // a goroutine that has waited before goes to the front of the queue
    if (wait_start == 0) wait_start = kernel->nanotime();
    runtime_SemacquireMutex(&sema_, lifo);
    starving = starving || kernel->nanotime() - wait_start > kStarvationThresholdNs;
    old = state_.load();
    if ((old & kStarving) != 0) {
      take_handed_over(old, starving);
      return;
    }
    awoke = true;
    iter = 0;
  }
}

// unlock has handed the starving mutex to the caller: state_ does not say yet that it is locked, and still counts the
// caller as a waiter.
void Mutex::take_handed_over(i32 old, bool starving) {
  if ((old & (kLocked | kWoken)) != 0 || (old >> kWaiterShift) == 0) throw_("sync: inconsistent mutex state");
  i32 delta = kLocked - (1 << kWaiterShift);
  // The starving mode must end here if it can: otherwise two goroutines could hand a starving mutex back and forth for
  // ever.
  if (!starving || (old >> kWaiterShift) == 1) delta -= kStarving;
  (void)state_.add(delta);
}

// left: state_ after kLocked was subtracted from it.
void Mutex::unlock_slow(i32 left) {
  if (((left + kLocked) & kLocked) == 0) fatal("sync: unlock of unlocked mutex");
  if ((left & kStarving) != 0) {
    semrelease1(&sema_, true);
    return;
  }
  for (i32 old = left;;) {
    // No goroutine waits; or one is awake or has the mutex already, and its unlock will wake the next waiter.
    if ((old >> kWaiterShift) == 0 || (old & (kLocked | kWoken | kStarving)) != 0) return;
    if (state_.compare_and_swap(old, (old - (1 << kWaiterShift)) | kWoken)) {
      semrelease1(&sema_, false);
      return;
    }
    old = state_.load();
  }
}

}  // namespace rt0::internal::sync
