// Go's package runtime and the parts of package os that rt0 has.
#pragma once

#include <stddef.h>

namespace rt0 {

// Lets other goroutines run; returns when it is the calling goroutine's turn again. Go: runtime.Gosched.
void gosched() __asm__("runtime.Gosched");
// Runs the calling goroutine's deferred calls and ends it; other goroutines go on. If main's goroutine calls it, the
// program runs until it calls exit(), or ends with a fatal error when no goroutine is left. Go: runtime.Goexit.
[[noreturn]] void goexit_now() __asm__("runtime.Goexit");

// Wires the calling goroutine to its thread until there have been as many unlocks as locks. If a goroutine ends while
// it is wired, its thread ends, too. Go: runtime.LockOSThread, UnlockOSThread.
void lock_os_thread() __asm__("runtime.LockOSThread");
void unlock_os_thread() __asm__("runtime.UnlockOSThread");

// Sets the limit of threads, which is 10000 at the start, to n; returns the old limit. A program that needs more
// threads ends with a fatal error; at once if it has more already. Go: debug.SetMaxThreads.
int set_max_threads(int n) __asm__("runtime.setMaxThreads");

// The number of CPUs that the process may use, GOMAXPROCS, and below the number of goroutines and the caller's id.
int num_cpu() __asm__("runtime.NumCPU");
int gomaxprocs_now();
// Sets the number of goroutines that may run at once to n; n < 1 changes nothing. Stops the world for a moment. Returns
// the number before. Go: runtime.GOMAXPROCS.
int set_gomaxprocs(int n) __asm__("runtime.GOMAXPROCS");
int num_goroutine() __asm__("runtime.NumGoroutine");
unsigned long long goid();

// The heap's figures, in bytes except heap_objects. read_mem_stats stops the world, so that they belong together. Go:
// runtime.MemStats, ReadMemStats.
struct MemStats {
  unsigned long long heap_alloc;     // in live objects, each as large as its size class
  unsigned long long heap_objects;   // the number of these objects
  unsigned long long heap_inuse;     // in spans that hold objects, or are kept for objects
  unsigned long long heap_idle;      // in free pages
  unsigned long long heap_released;  // the part of heap_idle that was given back to the kernel, or never touched
  unsigned long long heap_sys;       // address space: heap_inuse + heap_idle
  unsigned long long next_gc;        // the heap size at which a collection would begin: from GOGC and the heap minimum
};
void read_mem_stats(MemStats* out) __asm__("runtime.ReadMemStats");
// Sets GOGC, in percent; a negative number means off, and counts as -1. Returns the value before. Go:
// debug.SetGCPercent.
int set_gc_percent(int percent) __asm__("runtime.setGCPercent");
// Sets GOMEMLIMIT, in bytes; a negative number changes nothing. Returns the value before. Go: debug.SetMemoryLimit.
long long set_memory_limit(long long limit) __asm__("runtime.setMemoryLimit");
// Gives all free pages of the heap, and the memory of free stacks, back to the kernel. Go: debug.FreeOSMemory.
void free_os_memory() __asm__("runtime.freeOSMemory");

// Ends the program at once with `status`. Go: os.Exit.
namespace os {
[[noreturn]] void exit(int status) __asm__("os.Exit");
}

// Writes the calling goroutine's traceback into [buf, buf + n), and if `all` is true those of all other goroutines
// after it. Returns the number of bytes; text that does not fit is left out. `all` stops the world. Go: runtime.Stack.
namespace runtime {
size_t stack(char* buf, size_t n, bool all) __asm__("runtime.Stack");
}
namespace runtime_debug {
void print_stack();
}
// The calling goroutine's traceback to stderr. Go: debug.PrintStack.
using runtime_debug::print_stack;

namespace os {

// The arguments as the kernel has passed them, and the environment as it is now: "NAME=value" each. Go: os.Args,
// os.Environ. Both stay valid; a later os::setenv does not change what has been returned.
struct Args {
  char* const* ptr;
  size_t len;

  const char* operator[](size_t i) const { return ptr[i]; }
  char* const* begin() const { return ptr; }
  char* const* end() const { return ptr + len; }
};
Args args_of_program();
Args environ_of_program();
// The value of an environment variable, null if it is not set. It stays valid, also when the variable is changed by
// os::setenv (os.h). Go: os.LookupEnv.
const char* getenv(const char* key);
// The same with Go's two results.
struct LookupEnv {
  const char* value;  // "" if it is not set
  bool ok;
};
inline LookupEnv lookup_env(const char* key) {
  const char* const v = getenv(key);
  return {v != nullptr ? v : "", v != nullptr};
}

}  // namespace os

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using os::Args;
using os::args_of_program;
using os::environ_of_program;
using os::exit;
using os::getenv;
using runtime::stack;
#endif

}  // namespace rt0
