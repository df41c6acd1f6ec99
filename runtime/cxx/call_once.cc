// pthread_once, for std::call_once. Compiled anew for programs with exceptions, so that an exception of the function
// passes through it: then the next caller calls the function again, as C++ demands.
//
// The word: 0 nobody has begun, 1 a goroutine runs the function, 2 the same and others wait for it, 3 done. Done is a
// release, and a goroutine that finds it has an acquire: it sees what the function has written.
#include "rt0/panic.h"
#include "runtime/cxx/pthread.h"

namespace rt0 {

namespace {

enum : u32 { kNew, kRuns, kAwaited, kDone };

void leave_as(u32* once, u32 state) {
  if (__atomic_exchange_n(once, state, __ATOMIC_ACQ_REL) == kAwaited) (void)futex_wake(once, ~u32{0});
}

}  // namespace

// In a section of its own: the unwinder passes the runtime's own frames for panics only (runtime/cxx/exceptions.cc).
extern "C" [[gnu::section(".passable")]] int pthread_once(u32* once, void (*f)());
extern "C" int pthread_once(u32* once, void (*f)()) {
  op_point_of_program(once, __builtin_return_address(0));  // the unwinder has one, too
  for (;;) {  // ends when the function has returned, here or in another goroutine
    u32 state = kNew;
    if (__atomic_compare_exchange_n(once, &state, kRuns, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) break;
    if (state == kDone) return 0;
    if (state == kRuns &&
        !__atomic_compare_exchange_n(once, &state, kAwaited, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      continue;
    (void)futex_wait(once, kAwaited, WaitReason::semacquire);
  }
  u32 end = kNew;  // how it is left by an exception, a panic or the goroutine's end
  Defer left([&] { leave_as(once, end); });
  f();
  end = kDone;
  return 0;
}

}  // namespace rt0
