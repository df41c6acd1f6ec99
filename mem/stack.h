// Goroutine stacks. Go: stack.go. Differs: C++ frames can't be moved, so a stack never grows. Instead much address
// space is reserved for it, and the kernel provides memory only for the pages that are used. docs/STACKS.md has the
// numbers.
//
//   base          lo                                    hi          base + bytes
//    | guard page | … free … frames, growing downwards  | closure G |
//
// Sizes are powers of two; a stack of order n has kStackMin << n bytes. A goroutine's free stack goes to its P's
// StackCache, and from there to stackpool[order]; stacks beyond kStackMaxPooled go to stackLarge. A stack is never
// unmapped: a dump of all goroutines may be reading it, without a lock.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

inline constexpr u32 kNumStackOrders = 5;
inline constexpr usize kStackMin = 16 * 1024;
inline constexpr usize kStackMaxPooled = kStackMin << (kNumStackOrders - 1);
// The size of a goroutine's stack: enough for ordinary C++ code.
inline constexpr usize kStackDefault = kPtrSize == 8 ? 256 * 1024 : 64 * 1024;
// The most that go_with can ask for. Go's limits are 1 GB and 250 MB.
inline constexpr u32 kNumLargeOrders = kPtrSize == 8 ? 12 : 10;
inline constexpr usize kStackMax = kStackMaxPooled << kNumLargeOrders;
// The stacks of an M's g0 and gsignal, on which only the runtime's own frames lie, whose sizes are known. Go has 16 KiB
// and 32 KiB; here at least as much is left beside the guard page, whatever the kernel's page size is.
inline constexpr usize kStackG0 = 32 * 1024;
inline constexpr usize kStackGsignal = 64 * 1024;

struct FreeStack;

// A P's own free stacks with guard pages. Only the M that holds the P touches them, so they need no lock. Go:
// mcache.stackcache.
struct StackCache {
  struct Class {
    FreeStack* head;
    u32 n;
  } of[kNumStackOrders];
  // Address space that was never used, to cut new stacks from.
  u8* fresh;
  u8* fresh_end;
};

// A step of Go's boot. It has nothing to do: stackpool and stackLarge are initialised by the compiler.
void stackinit() RT0_SYM("runtime.stackinit");

// A stack of `bytes` (a power of two, at least kStackMin), whose pages take memory when they are first touched. It may
// hold data of an earlier user. guard: its lowest page faults when touched. Ends the program if there is no memory. c:
// the cache of the caller's P, or null; for stacks with a guard only.
void* stackalloc(usize bytes, bool guard, StackCache* c = nullptr) RT0_SYM("runtime.stackalloc");
void stackfree(void* base, usize bytes, bool guard) RT0_SYM("runtime.stackfree");
// Frees a stack with a guard to a P's cache.
void stackcachefree(StackCache* c, void* base, usize bytes);
// The P goes away, or has been idle for long: its free stacks go to the pools, for all Ps. It keeps the address space
// that was never used.
void stackcache_clear(StackCache* c) RT0_SYM("runtime.stackcache_clear");
// Gives the memory of the pools' stacks with guards back to the kernel, except for the topmost page, which holds the
// link. Returns how many stacks these were. One caller at a time.
u32 stackpool_scavenge();

}  // namespace rt0
