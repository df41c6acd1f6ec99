// runtime.main: the main goroutine, from its first instruction to the end of the process. Go: proc.go main.
#include "kernel_iface/kernel.h"
#include "lib/chan/chan.h"
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/program_heap.h"
#include "mem/sysmem.h"
#include "rt0/internal.h"
#include "rt0/runtime.h"
#include "runtime/boot/init_tasks.h"
#include "runtime/diag/fatal.h"
#include "runtime/diag/tracer.h"
#include "runtime/panic/defer.h"
#include "sched/debugvars.h"
#include "sched/mthread.h"
#include "sched/newproc.h"
#include "sched/proc.h"

// The program's main function. The linker option --defsym=main.main=main in tools/rt0.cmake gives it this name.
extern "C" int main_main(int argc, char** argv) __asm__("main.main");

// A C toolchain's part of the runtime, when one is linked in; null otherwise. Go: cgo.go.
extern "C" {
using CgoInit = void (*)(rt0::G* g0, rt0::uintptr* tls);
using CgoSetenv = void (*)(char** pair);
using CgoHook = void (*)();
__attribute__((weak)) constinit CgoInit _cgo_init = nullptr;
__attribute__((weak)) constinit void* _cgo_thread_start = nullptr;
__attribute__((weak)) constinit CgoSetenv _cgo_setenv = nullptr;
__attribute__((weak)) constinit CgoSetenv _cgo_unsetenv = nullptr;
__attribute__((weak)) constinit CgoHook _cgo_notify_runtime_init_done = nullptr;
// Set by a linker that makes a C archive or a shared library: then main.main exists but must not be called.
__attribute__((weak)) constinit bool runtime_isarchive __asm__("runtime.isarchive") = false;
__attribute__((weak)) constinit bool runtime_islibrary __asm__("runtime.islibrary") = false;
}

namespace rt0 {

// Closed when all init tasks have run. A foreign thread that calls into the program waits for that. Go: main_init_done.
constinit Hchan* main_init_done __asm__("runtime.main_init_done") = nullptr;
constinit usize maxstacksize = 0;

namespace {

// Functions that run before the process ends by exit() or the end of main, the newest first. Go: exithook.go.
struct ExitHook {
  void (*fn)();
  ExitHook* next;
};
constinit ExitHook* exit_hooks = nullptr;

void runExitHooks(i32 status) RT0_SYM("runtime.runExitHooks");
void runExitHooks(i32) {
  trace_boot(Ev::runExitHooks);
  while (ExitHook* h = exit_hooks) {
    exit_hooks = h->next;  // before the call: a hook that calls exit() must not run again
    h->fn();
  }
}

// rt0's first init task: makes the end of the process write out the trace buffer.
constinit ExitHook flush_hook = {trace_flush, nullptr};
void runtime_init() {
  flush_hook.next = exit_hooks;
  exit_hooks = &flush_hook;
}

void gcenable() RT0_SYM("runtime.gcenable");
void gcenable() {
  trace_boot(Ev::gcenable);
  enablegc = true;  // bgsweep and bgscavenge start here once there is a collector
}

// Go: "Defer unlock so that runtime.Goexit during init does the unlock too".
struct DeferredUnlock : InternalDefer {
  static void run(DeferRecord*) { unlockOSThread(); }
};

// C code that starts threads, or calls the program from its own threads, has to define these functions. If one is
// missing the process ends here, not at the function's first use.
void check_cgo() {
  if (_cgo_init == nullptr) return;
  if (_cgo_thread_start == nullptr) throw_("_cgo_thread_start missing");
  if (_cgo_setenv == nullptr) throw_("_cgo_setenv missing");
  if (_cgo_unsetenv == nullptr) throw_("_cgo_unsetenv missing");
  if (_cgo_notify_runtime_init_done == nullptr) throw_("_cgo_notify_runtime_init_done missing");
  _cgo_notify_runtime_init_done();
}

bool wait_panicking(G*, void*) { return true; }

// If another goroutine panics while main returns: gives that goroutine some time, which is bounded, to run its deferred
// calls; and if it has begun to print its panic, waits until that ends the process.
void wait_for_panics() {
  for (u32 i = 0; i < 1000 && runningPanicDefers.load_acquire() != 0; i++) gosched();
  if (panicking.load_acquire() != 0) gopark(wait_panicking, nullptr, WaitReason::panic_wait);
}

}  // namespace

RT0_RUNTIME_INIT(runtime, runtime_init);

void runtime_main(Funcval*) RT0_SYM("runtime.main");
void runtime_main(Funcval*) {
  trace_boot(Ev::main);
  M* mp = getg()->m;

  // Decimal numbers, which read better in the message about an overflow. rt0's stacks have smaller limits of their own.
  maxstacksize = kPtrSize == 8 ? 1000000000 : 250000000;

  mainStarted = true;  // newproc may start Ms from here on
  systemstack([] { newm(sysmon, nullptr, false, -1); });

  // Init tasks run on the main thread, and so does main if an init task calls lock_os_thread(): some C libraries work
  // only on the main thread.
  lockOSThread();
  if (mp != &m0) throw_("runtime.main not on m0");

  runtimeInitTime = kernel->nanotime();
  if (runtimeInitTime == 0) throw_("nanotime returning zero");
  if (debug.inittrace != 0) {
    inittrace.goid = getg()->goid;
    inittrace.active = true;
  }
  doInit(true);  // before anything is deferred

  // If an init task calls Goexit, main's goroutine ends. It must be unlocked first, or m0 would end with it.
  DeferredUnlock unlock_at_goexit;
  unlock_at_goexit.push(DeferredUnlock::run);
  gcenable();
  // In Go, goroutines of the collector have had three time slices on this P by now. rt0 has no such goroutines, but
  // counts the slices: every 61st looks at the global queue first, so without them goroutines would run in another
  // order than Go's.
  bump(&getg()->m->p->schedtick, 3);
  // Not from the heap: a program whose first allocation is in main.main starts sooner.
  main_init_done = makechan(1, 0, nullptr, persistentalloc(sizeof(Hchan) + 64, 64));
  check_cgo();
  doInit(false);
  inittrace.active = false;
  closechan(main_init_done);
  unlock_at_goexit.pop();
  unlockOSThread();

  if (runtime_isarchive || runtime_islibrary) return;

  // An indirect call, so that the compiler cannot inline the program's main here.
  int (*volatile main_fn)(int, char**) = main_main;
  const Args a = args_of_program();
  trace_boot(Ev::main_main);
  bootDone = true;
  sim_in_main = true;
  m0.booting = false;
  RecoverPoint recovered_main;  // main has returned, too, if one of its deferred calls recovers
  const int status =
      detail::setrecover(&recovered_main) == 0 ? main_fn(static_cast<int>(a.len), const_cast<char**>(a.ptr)) : 0;

  wait_for_panics();
  exit(status);
}

void os::exit(int status) {
  getg()->m->booting = true;  // the trace shows the functions that end the process, as it shows those that begin it
  program_heap_end();
  runExitHooks(status);
  exit_process(status);
}

u64 mem_goid() { return getg()->goid; }

namespace internal {
// rt0/internal.h declares the function once more, and only the symbol ties the two together; so compare their types.
static_assert(SameAs<decltype(systemstack_call), decltype(rt0::systemstack_call)>, "rt0/internal.h: systemstack_call");

int gc_percent() { return gcController.gcPercent; }
long long memory_limit() { return gcController.memoryLimit; }
}  // namespace internal

int num_cpu() { return ncpu; }
int num_goroutine() { return gcount(); }
unsigned long long goid() { return getg()->goid; }

// runtime/cxx has functions that libstdc++.a has, too. Each symbol below takes one object file of runtime/cxx into the
// link of every program, before the linker comes to libstdc++.a; otherwise a function of libstdc++ that needs another
// one would bring in libstdc++'s, and the program would not have rt0's. Nothing refers to this section, so the linker
// leaves it out of the program, and with it all that the program does not call.
__asm__(
    ".pushsection .rodata.rt0_before_libstdcxx, \"a\"\n"
    "  .p2align 3\n"
    "  .dc.a _ZSt20__throw_length_errorPKc, __cxa_throw, __cxa_get_globals\n"
    "  .dc.a _ZSt21__glibcxx_assert_failPKciS0_S0_\n"
    "  .dc.a _ZNSt13random_device9_M_getvalEv, _ZdlPv, __cxa_guard_acquire\n"
    ".popsection");

}  // namespace rt0
