// Go's package runtime and the parts of package os that rt0 has.
#pragma once

#include <stddef.h>

namespace rt0 {

// Lets other goroutines run; comes back when it is this one's turn again. Go: runtime.Gosched.
void gosched() __asm__("runtime.Gosched");
// Ends the calling goroutine; the others go on. In main's goroutine the program then waits for them. Go:
// runtime.Goexit.
[[noreturn]] void goexit_now() __asm__("runtime.Goexit");

// Wires the calling goroutine to its thread until as many unlocks have been made. A goroutine that ends while wired
// takes the thread with it. Go: runtime.LockOSThread, UnlockOSThread.
void lock_os_thread() __asm__("runtime.LockOSThread");
void unlock_os_thread() __asm__("runtime.UnlockOSThread");

// No more threads than n, 10000 from the start; returns the old limit. A program that needs more ends with a fatal
// error, at once if it has more already. Go: debug.SetMaxThreads.
int set_max_threads(int n) __asm__("runtime.setMaxThreads");

// CPUs the process may use, GOMAXPROCS, goroutines alive, and the calling goroutine's id.
int num_cpu() __asm__("runtime.NumCPU");
int gomaxprocs_now();
// How many goroutines may run at once: n from now on, unless n < 1. Stops the world. Returns what it was before.
// Go: runtime.GOMAXPROCS.
int set_gomaxprocs(int n) __asm__("runtime.GOMAXPROCS");
int num_goroutine() __asm__("runtime.NumGoroutine");
unsigned long long goid();

// The heap's figures, in bytes but for heap_objects. Stops the world, so that they belong together. Go:
// runtime.MemStats, ReadMemStats.
struct MemStats {
  unsigned long long heap_alloc;     // in live objects, each as large as its size class
  unsigned long long heap_objects;   // how many those are
  unsigned long long heap_inuse;     // in spans that hold objects, or are kept for some
  unsigned long long heap_idle;      // in free pages
  unsigned long long heap_released;  // the part of heap_idle that was given back to the kernel, or never touched
  unsigned long long heap_sys;       // address space: heap_inuse + heap_idle
  unsigned long long next_gc;        // at what size a collection would begin: from GOGC and the heap minimum
};
void read_mem_stats(MemStats* out) __asm__("runtime.ReadMemStats");
// GOGC from now on; negative is off, and counts as -1. Returns what it was. Go: debug.SetGCPercent.
int set_gc_percent(int percent) __asm__("runtime.setGCPercent");
// GOMEMLIMIT from now on, in bytes; negative changes nothing. Returns what it was. Go: debug.SetMemoryLimit.
long long set_memory_limit(long long limit) __asm__("runtime.setMemoryLimit");
// Gives all free pages back to the kernel, those of stacks that nobody uses too. Go: debug.FreeOSMemory.
void free_os_memory() __asm__("runtime.freeOSMemory");

// Ends the program at once with `status`. Go: os.Exit.
[[noreturn]] void exit(int status) __asm__("os.Exit");

// Writes the calling goroutine's traceback, and with `all` then those of all others, into [buf, buf + n): how many
// bytes that are. What does not fit is left out. `all` stops the world. Go: runtime.Stack.
size_t stack(char* buf, size_t n, bool all) __asm__("runtime.Stack");
namespace runtime_debug {
void print_stack();
}
// The calling goroutine's traceback to stderr. Go: debug.PrintStack.
using runtime_debug::print_stack;

// argv and environment as the kernel handed them over. Go: os.Args, os.Environ.
struct Args {
  char* const* ptr;
  size_t len;

  const char* operator[](size_t i) const { return ptr[i]; }
  char* const* begin() const { return ptr; }
  char* const* end() const { return ptr + len; }
};
Args args_of_program();
Args environ_of_program();
// The value of an environment variable, null if it is not set. Go: os.LookupEnv.
const char* getenv(const char* key);

}  // namespace rt0
