// sync.Mutex's slow paths. Go: internal/sync/mutex.go.
//
// Two modes. Normal: a waiter that is woken competes with goroutines that are running already and mostly win, which is
// fast; if it loses it waits at the front again. Starving, once a waiter has lost for more than 1 ms: unlock hands the
// mutex to the waiter at the front, and goroutines that come by queue at the end. The last waiter, or one that has
// waited less, ends it.
//
// Invariants of state_, which only CAS and add change:
//   M1  kStarving is set only while there are waiters; then kLocked may be clear, and the mutex still has an owner: the
//   waiter
//       that is being woken, which sets kLocked itself.
//   M2  kWoken says that some goroutine is awake and wants the mutex: unlock wakes no other. It is cleared by that
//   goroutine.
//   M3  Each count of a waiter is matched by one semacquire, and taken back by the unlock that calls semrelease
//   (normal) or
//       by the waiter itself (starving).
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

// Worth a little busy waiting: several Ps run goroutines, one of which may hold the mutex, and this P has no other
// goroutine to run.
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

// Go's traceback has a frame for this one. The barrier keeps the call from becoming a jump.
[[gnu::noinline]] void runtime_SemacquireMutex(detail::Sema* s, bool lifo) {
  semacquire1(s, lifo, WaitReason::mutex_lock);
  compiler_barrier();
}

}  // namespace

void Mutex::lock_slow() {
  i64 wait_start = 0;
  bool starving = false, awoke = false;
  i32 iter = 0;
  for (i32 old = state_.load();;) {  // each round either waits or failed because another goroutine got on
    if ((old & (kLocked | kStarving)) == kLocked && runtime_canSpin(iter)) {
      // Tell unlock that this goroutine is awake, if none has said so yet and some sleep.
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
      next |= kStarving;  // not if it is free: then we take it, and maybe no goroutine waits
    if (awoke) {
      if ((next & kWoken) == 0) throw_("sync: inconsistent mutex state");
      next &= ~kWoken;
    }
    if (!state_.compare_and_swap(old, next)) {
      old = state_.load();
      continue;
    }
    if ((old & (kLocked | kStarving)) == 0) return;  // taken

    const bool lifo = wait_start != 0;  // we have waited before: to the front
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

// unlock has handed the starving mutex to us: state_ does not say yet that it is locked, and counts us as waiting.
void Mutex::take_handed_over(i32 old, bool starving) {
  if ((old & (kLocked | kWoken)) != 0 || (old >> kWaiterShift) == 0) throw_("sync: inconsistent mutex state");
  i32 delta = kLocked - (1 << kWaiterShift);
  // It ends here or never: two goroutines could hand a starving mutex back and forth for ever.
  if (!starving || (old >> kWaiterShift) == 1) delta -= kStarving;
  (void)state_.add(delta);
}

// left: state_ after kLocked was taken away.
void Mutex::unlock_slow(i32 left) {
  if (((left + kLocked) & kLocked) == 0) fatal("sync: unlock of unlocked mutex");
  if ((left & kStarving) != 0) {
    semrelease1(&sema_, true);
    return;
  }
  for (i32 old = left;;) {
    // No goroutine waits; or one is awake, or has the mutex already, and will see to the sleeping ones.
    if ((old >> kWaiterShift) == 0 || (old & (kLocked | kWoken | kStarving)) != 0) return;
    if (state_.compare_and_swap(old, (old - (1 << kWaiterShift)) | kWoken)) {
      semrelease1(&sema_, false);
      return;
    }
    old = state_.load();
  }
}

}  // namespace rt0::internal::sync
