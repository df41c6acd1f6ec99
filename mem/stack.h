// Goroutine stacks. Go: stack.go. Differs: C++ frames can't be moved, so a stack never grows; instead it is reserved
// generously and touched lazily, and the kernel gives a page to what is really used.
//
//   base          lo                                    hi          base + bytes
//    | guard page | … free … frames, growing downwards  | closure G |
//
// Sizes are powers of two; an order n stack has kStackMin << n bytes. Freed stacks wait in stackpool[order] for the next
// user; larger ones in stackLarge, by size.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

inline constexpr u32 kNumStackOrders = 5;
inline constexpr usize kStackMin = 16 * 1024;
inline constexpr usize kStackMaxPooled = kStackMin << (kNumStackOrders - 1);
// What a goroutine gets: enough for ordinary C++ without care.
inline constexpr usize kStackDefault = kPtrSize == 8 ? 256 * 1024 : 64 * 1024;
// An M's g0 and gsignal: the runtime's own, measured frames. Go: 16 KiB and 32 KiB.
inline constexpr usize kStackG0 = 16 * 1024;
inline constexpr usize kStackGsignal = 32 * 1024;

// Readies stackpool and stackLarge.
void stackinit() RT0_SYM("runtime.stackinit");

// A reservation of `bytes` (a power of two, at least kStackMin). `guard`: its lowest page faults when touched. Pages that
// were used before are not zeroed. Ends the program if there is no memory.
void* stackalloc(usize bytes, bool guard) RT0_SYM("runtime.stackalloc");
void stackfree(void* base, usize bytes, bool guard) RT0_SYM("runtime.stackfree");

}  // namespace rt0
