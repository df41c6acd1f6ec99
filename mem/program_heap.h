// The heap as programs use it: by new and delete, malloc and free. In an ordinary program these are the heap's own
// functions. A program that is CHECKED (docs/CHECKED.md) has RT0_CHECKED=1 and gets those of program_heap.cc, which see
// that the program keeps to the bounds and the lifetimes of its objects. The runtime's own objects never come here.
#pragma once

#include "mem/malloc.h"

namespace rt0 {

#if defined(RT0_CHECKED) && RT0_CHECKED

inline constexpr bool kCheckedHeap = true;

// Allocates as mallocgc does.
void* program_malloc(usize n, usize align);
// The same, but never null: without memory the program ends.
void* program_malloc_or_die(usize n, usize align);
RT0_INLINE void* program_malloc_noscan(usize n, usize align) { return program_malloc(n, align); }
// The same, zeroed.
void* program_zeroed(usize n, usize align);
// Always false: an object of a CHECKED program is never made longer without moving it.
RT0_INLINE bool program_grow(void*, usize) { return false; }
// Frees an object that program_malloc has returned; null is allowed. Any misuse that is found is a fatal error. caller:
// a pc in the code that deletes the object, for a later message.
void program_free(void* p, uintptr caller);
// How many bytes the object at p may use: what was asked for.
usize program_usable(const void* p);
// The program ends: looks whether one of the objects that were deleted last has been written since.
void program_heap_end();

// What was found.
struct HeapFault {
  enum Kind { beyond_end, after_delete, deleted_twice } kind;
  uintptr object;
  usize size;          // in bytes
  usize at;            // which byte was written
  uintptr deleted_by;  // a pc; 0: the object was not deleted
};
// Prints it and ends the program. In runtime/diag/heap_fault.cc.
[[noreturn]] void fatal_heap(const HeapFault& f);

#else

inline constexpr bool kCheckedHeap = false;
RT0_INLINE void* program_malloc(usize n, usize align) { return mallocgc(n, align); }
RT0_INLINE void* program_malloc_noscan(usize n, usize align) { return mallocgc_noscan(n, align); }
RT0_INLINE void* program_malloc_or_die(usize n, usize align) { return malloc_or_die(n, align); }
RT0_INLINE void* program_zeroed(usize n, usize align) { return mallocgc_zeroed(n, align); }
RT0_INLINE bool program_grow(void* p, usize n) { return heap_grow(p, n); }
RT0_INLINE void program_free(void* p, uintptr) { heap_free(p); }
RT0_INLINE usize program_usable(const void* p) { return heap_usable(p); }
RT0_INLINE void program_heap_end() {}

#endif

}  // namespace rt0

// The place that calls the function in which this stands. In an ordinary build it is not used.
#define RT0_CALLER reinterpret_cast<rt0::uintptr>(__builtin_return_address(0))
