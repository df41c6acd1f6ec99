// Static variables in functions: `static T x(…);`. Compiled code calls these functions around the initialization. The
// names and the layout are those of the Itanium C++ ABI. Compiled code reads the guard's first byte before it calls;
// the other bytes are used only here. Linked only into programs that have such a variable.
//
//   I1  guard[0] goes from 0 to 1 once, when the variable is initialized. Compiled code loads it with acquire, and the
//       store here is a release, so a goroutine that finds 1 without the lock sees the whole variable.
//   I2  guard[1] is 1 while a goroutine initializes the variable; `mu` guards it. Other goroutines sleep until it is 0
//       again, so the initialization may itself wait, or start goroutines.
//   I3  The initialization has a deferred call that sets guard[1] to 0 if it ends by a panic or Goexit: then the next
//       goroutine that needs the variable tries again, as C++ demands for exceptions.
#include "base/guards.h"
#include "mem/malloc.h"
#include "rt0/sync.h"
#include "runtime/panic/defer.h"

namespace rt0 {

namespace {

// `mu` guards guard[1] of every variable (I2). Those bytes are the compiler's, so no annotation can say it.
constinit sync::Mutex mu{};
constinit sync::Cond<sync::Mutex> changed{mu};
constinit u32 waiting GUARDED_BY(mu) = 0;  // how many goroutines wait for `changed`

// The deferred call of an initialization. It lies on the heap, because the caller's frame has no room for it.
struct Initializing : InternalDefer {
  u8* guard;
};

void end(u8* guard, bool whole) {
  mu.lock();
  if (whole) __atomic_store_n(&guard[0], u8{1}, __ATOMIC_RELEASE);
  guard[1] = 0;
  const bool awaited = waiting != 0;
  mu.unlock();
  // Not always: broadcast is a point of the simulated kernel, and libstdc++ has such variables on some ISAs only.
  if (awaited) changed.broadcast();
}

void abandoned(DeferRecord* d) {
  u8* guard = static_cast<Initializing*>(d)->guard;
  heap_free(d);
  end(guard, false);
}

// Ends the program if the initialization needs the variable itself: the goroutine would wait for itself for ever.
void check_recursion(const u8* guard) {
  for (DeferRecord* d = getg()->defers; d != nullptr; d = d->link)
    if (d->fn == abandoned && static_cast<Initializing*>(d)->guard == guard)
      fatal("the initialization of a static variable needs the variable");
}

// The initialization has ended. The newest deferred call must be abandoned(): calls that the initialization itself has
// deferred have run by now.
void finish(u8* guard, bool whole) {
  auto* d = static_cast<Initializing*>(getg()->defers);
  check(d != nullptr && d->fn == abandoned && d->guard == guard,
        "static variables are not initialized one in the other");
  d->pop();
  heap_free(d);
  end(guard, whole);
}

}  // namespace

extern "C" {

// Returns 1 if the caller has to initialize the variable. It must call one of the other two functions afterwards.
int __cxa_guard_acquire(u8* guard);
int __cxa_guard_acquire(u8* guard) {
  check_recursion(guard);
  mu.lock();
  while (guard[1] != 0) {  // ends when the other goroutine's initialization ends
    waiting++;
    changed.wait();
    waiting--;
  }
  const bool ours = guard[0] == 0;  // written under the lock
  if (ours) guard[1] = 1;
  mu.unlock();
  if (!ours) return 0;
  auto* d = malloc_or_die<Initializing>();
  d->guard = guard;
  d->push(abandoned);
  return 1;
}

// The variable is initialized.
void __cxa_guard_release(u8* guard);
void __cxa_guard_release(u8* guard) { finish(guard, true); }

// Its constructor has thrown.
void __cxa_guard_abort(u8* guard);
void __cxa_guard_abort(u8* guard) { finish(guard, false); }
}

}  // namespace rt0
