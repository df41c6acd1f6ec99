// Variables in functions: `static T x(…);`. Compilers call these around the first initialization. The names and the
// layout are those of the Itanium C++ ABI; of a guard, the first byte alone is known to the compiler, which looks at it
// before it calls anything. Linked only into programs that have such a variable.
//
//   I1  guard[0] goes from 0 to 1 once, when the variable is whole. The compiler's load of it is an acquire, the store
//       here a release, so a goroutine that finds 1 without the lock sees the variable.
//   I2  guard[1] is 1 while a goroutine initializes the variable, and is guarded by `mu`. Others sleep until it is 0
//       again, so the initialization may itself wait, or start goroutines.
//   I3  An initialization that ends in a panic or in Goexit has a deferred call that sets guard[1] to 0: the next
//       goroutine that comes by tries again, as C++ has it for exceptions.
#include "mem/malloc.h"
#include "rt0/sync.h"
#include "runtime/panic/defer.h"

namespace rt0 {

namespace {

constinit sync::Mutex mu{};
constinit sync::Cond<sync::Mutex> changed{mu};

// What an initialization leaves among its goroutine's deferred calls. On the heap, for the caller's frame has no room.
struct Initializing : InternalDefer {
  u8* guard;
};

void end(u8* guard, bool whole) {
  mu.lock();
  if (whole) __atomic_store_n(&guard[0], u8{1}, __ATOMIC_RELEASE);
  guard[1] = 0;
  mu.unlock();
  changed.broadcast();
}

void abandoned(DeferRecord* d) {
  u8* guard = static_cast<Initializing*>(d)->guard;
  heap_free(d);
  end(guard, false);
}

// Without this check the goroutine would wait for itself.
void check_recursion(const u8* guard) {
  for (DeferRecord* d = getg()->defers; d != nullptr; d = d->link)
    if (d->fn == abandoned && static_cast<Initializing*>(d)->guard == guard)
      fatal("the initialization of a static variable needs the variable");
}

// The newest deferred call is the initialization's: what it has deferred itself has been called.
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

// Whether the caller is to initialize the variable. It must call one of the other two afterwards.
int __cxa_guard_acquire(u8* guard);
int __cxa_guard_acquire(u8* guard) {
  check_recursion(guard);
  mu.lock();
  while (guard[1] != 0) changed.wait();  // ends when that initialization does
  const bool ours = guard[0] == 0;       // written under the lock
  if (ours) guard[1] = 1;
  mu.unlock();
  if (!ours) return 0;
  auto* d = malloc_or_die<Initializing>();
  d->guard = guard;
  d->push(abandoned);
  return 1;
}

// The variable is whole.
void __cxa_guard_release(u8* guard);
void __cxa_guard_release(u8* guard) { finish(guard, true); }

// Its constructor has thrown.
void __cxa_guard_abort(u8* guard);
void __cxa_guard_abort(u8* guard) { finish(guard, false); }
}

}  // namespace rt0
