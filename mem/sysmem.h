// Memory from the kernel, and memory that is never given back. Go: mem.go, persistentalloc in malloc.go.
#pragma once

#include "base/atomic.h"
#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// The kernel's page size in bytes: set by osinit, a power of two. Go: physPageSize.
extern uintptr physPageSize;

// Whole pages, zeroed; each costs memory from its first use on. Null if there are none. `hint`: the address wished for.
void* sysAlloc(usize n, void* hint = nullptr);

// n zeroed bytes at a multiple of `align` (a power of two, at most a page) that are never given back: for Ms, Ps,
// tables. Ends the program if there is no memory (fatal_out_of_memory). Any thread; takes a lock of rank persistent.
void* persistentalloc(usize n, usize align);

// The same, but null if there is no memory.
void* persistentalloc_or_null(usize n, usize align);

// For tests, in dev builds. malloc_requests counts all requests: for an object, for memory that is never given back,
// for pages from the kernel. The one whose number is malloc_fail_at fails.
extern Atomic<u32> malloc_fail_at, malloc_requests;
inline bool malloc_fails() { return kDevBuild && malloc_requests.add_relaxed(1) == malloc_fail_at.load_relaxed(); }

template <class T>
T* persistentnew() {
  return static_cast<T*>(persistentalloc(sizeof(T), alignof(T)));
}

// Ends the program: "runtime: out of memory: cannot allocate N-byte block (M in use)", then "fatal error: out of
// memory". n: the number N, the bytes that were asked for.
[[noreturn]] void fatal_out_of_memory(usize n);

}  // namespace rt0
