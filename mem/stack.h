// Goroutine stacks. Go: stack.go. Differs: C++ frames can't be moved, so a stack never grows; instead it is reserved
// generously and touched lazily, and the kernel gives a page to what is really used. docs/STACKS.md has the numbers.
//
//   base          lo                                    hi          base + bytes
//    | guard page | … free … frames, growing downwards  | closure G |
//
// Sizes are powers of two; an order n stack has kStackMin << n bytes. Freed stacks wait in stackpool[order] for the next
// user, larger ones in stackLarge; goroutines' in their P's StackCache first. A stack is never unmapped: a dump may be reading it.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

inline constexpr u32 kNumStackOrders = 5;
inline constexpr usize kStackMin = 16 * 1024;
inline constexpr usize kStackMaxPooled = kStackMin << (kNumStackOrders - 1);
// What a goroutine gets: enough for ordinary C++ without care.
inline constexpr usize kStackDefault = kPtrSize == 8 ? 256 * 1024 : 64 * 1024;
// What go_with can ask for: Go's limits are 1 GB and 250 MB.
inline constexpr u32 kNumLargeOrders = kPtrSize == 8 ? 12 : 10;
inline constexpr usize kStackMax = kStackMaxPooled << kNumLargeOrders;
// An M's g0 and gsignal: the runtime's own, measured frames. Go: 16 KiB and 32 KiB; here that is what is left at least, beside the guard.
inline constexpr usize kStackG0 = 32 * 1024;
inline constexpr usize kStackGsignal = 64 * 1024;

struct FreeStack;

// Stacks with guards that are one P's: whoever owns the P needs no lock for them. Go: mcache.stackcache.
struct StackCache {
  struct Class {
    FreeStack* head;
    u32 n;
  } of[kNumStackOrders];
  // Address space that nobody has touched, to cut new stacks from.
  u8* fresh;
  u8* fresh_end;
};

// Readies stackpool and stackLarge.
void stackinit() RT0_SYM("runtime.stackinit");

// A reservation of `bytes` (a power of two, at least kStackMin). `guard`: its lowest page faults when touched. Pages that
// were used before are not zeroed. Ends the program if there is no memory. c: the cache of the caller's P, guarded stacks only.
void* stackalloc(usize bytes, bool guard, StackCache* c = nullptr) RT0_SYM("runtime.stackalloc");
void stackfree(void* base, usize bytes, bool guard) RT0_SYM("runtime.stackfree");
// Frees a stack with a guard to a P's cache.
void stackcachefree(StackCache* c, void* base, usize bytes);
// The P goes, or has long been idle: its free stacks become everybody's. Untouched address space stays with it.
void stackcache_clear(StackCache* c) RT0_SYM("runtime.stackcache_clear");
// Gives the pages of pooled stacks with guards back to the kernel, but for the topmost, which holds the link: how many stacks.
// One caller at a time.
u32 stackpool_scavenge();

}  // namespace rt0
