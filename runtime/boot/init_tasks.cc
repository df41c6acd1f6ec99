#include "runtime/boot/init_tasks.h"

#include "kernel_iface/kernel.h"
#include "mem/malloc.h"
#include "runtime/diag/print.h"
#include "runtime/panic/defer.h"
#include "sched/gmp.h"
#include "trace/trace.h"

namespace rt0 {

// The linker collects the tasks of all files between these two.
extern "C" InitTask* const __start_rt0_inittasks[];
extern "C" InitTask* const __stop_rt0_inittasks[];

// The linker collects the constructors of globals here, first those of the toolchain's libraries, then the program's:
// see arch/rt0.ld.
using Constructor = void();
extern Constructor* const init_array[] __asm__("runtime.init_array");
extern Constructor* const program_init_array[] __asm__("runtime.program_init_array");
extern Constructor* const einit_array[] __asm__("runtime.einit_array");

namespace {

enum : unsigned { kNotRun = 0, kRunning = 1, kDone = 2 };

int compare(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return static_cast<u8>(*a) - static_cast<u8>(*b);
}

// Nanoseconds as milliseconds, below 10 ms with at most two significant digits: 0.032, 1.5, 17. Go: fmtNSAsMS.
void put_ms(Writer& w, u64 ns) {
  if (ns >= 10000000) return w.fmt("%llu", static_cast<unsigned long long>(ns / 1000000));
  u32 us = static_cast<u32>(ns) / 1000;
  const usize len = us == 0 ? 1 : 3u + (us < 1000) + (us < 100);  // how many of the five characters d.ddd are written
  char text[5];
  for (usize i = sizeof(text); i-- > 0;) {
    text[i] = '.';
    if (i == 1) continue;
    text[i] = static_cast<char>('0' + us % 10);
    us /= 10;
  }
  w.put(Str(text, len));
}

// Prints the time and the memory that t has used since `start`, when inittrace's counters were set to 0.
void report(const InitTask* t, i64 start) {
  const i64 end = kernel->nanotime();
  PrintLocked locked;
  Writer w(kStderr);
  w.fmt("init %s @", t->name);
  put_ms(w, static_cast<u64>(start - runtimeInitTime));
  w.put(" ms, ");
  put_ms(w, static_cast<u64>(end - start));
  w.fmt(" ms clock, %llu bytes, %llu allocs\n", static_cast<unsigned long long>(inittrace.bytes),
        static_cast<unsigned long long>(inittrace.allocs));
}

void doInit1(InitTask* t) RT0_SYM("runtime.doInit1");
void doInit1(InitTask* t) {
  trace_boot(Ev::doInit1);
  trace_text(Ev::InitTask, cstr(t->name));
  t->state = kRunning;
  const bool told = RT0_UNLIKELY(inittrace.active);
  inittrace.bytes = inittrace.allocs = 0;
  const i64 start = told ? kernel->nanotime() : 0;
  call_with_recover_point([](void* task) { static_cast<InitTask*>(task)->fn(); }, t);
  if (told) report(t, start);
  t->state = kDone;
  trace_text(Ev::InitTaskDone, cstr(t->name));
}

// The first task that t needs and that has not run; null if there is none.
InitTask* unmet(const InitTask* t) {
  InitTask* const* need = t->needs;
  while (*need != nullptr && (*need)->state == kDone) need++;
  return *need;
}

// No task can run, so each remaining task needs another one that has not run. Following the needs leads around a
// circle; or, from one of rt0's own tasks, to a task of the program, which runs later.
[[noreturn]] void fatal_circle(InitTask* t) {
  // After as many steps as there are tasks, t is on the circle, or is the last task before the program's.
  for (InitTask* const* at = __start_rt0_inittasks; at != __stop_rt0_inittasks && unmet(unmet(t)) != nullptr; at++)
    t = unmet(t);
  {
    PrintLocked locked;
    Writer w(kStderr);
    w.fmt("rt0: init tasks need each other: %s", t->name);
    for (InitTask* at = unmet(t); at != nullptr; at = unmet(at)) {
      w.fmt(" -> %s", at->name);
      if (at == t) break;
    }
    w.put('\n');
  }
  fatal("initialization cycle");
}

void construct(Constructor* const* from, Constructor* const* to) {
  for (; from != to; from++) (*from)();
}

// One task runs the program's constructors, after rt0's own tasks and before the program's: so an RT0_INIT may use any
// global.
void construct_globals() { construct(&program_init_array[0], &einit_array[0]); }
constinit InitTask globals = {"globals", construct_globals, nullptr, kNotRun, 0};  // doInit runs it, not the table

}  // namespace

// The search takes quadratic time, which is little, because programs have few tasks.
void doInit(bool runtime) {
  trace_boot(Ev::doInit);
  if (!runtime) {
    construct(&init_array[0], &program_init_array[0]);
    if (&program_init_array[0] != &einit_array[0]) doInit1(&globals);
  }
  for (;;) {
    InitTask* first = nullptr;
    InitTask* stuck = nullptr;
    for (InitTask* const* at = __start_rt0_inittasks; at != __stop_rt0_inittasks; at++) {
      InitTask* t = *at;
      if (t->state != kNotRun || (t->runtime != 0) != runtime) continue;
      if (unmet(t) != nullptr) stuck = t;
      else if (first == nullptr || compare(t->name, first->name) < 0) first = t;
    }
    if (first != nullptr) doInit1(first);
    else if (stuck != nullptr) fatal_circle(stuck);
    else return;
  }
}

}  // namespace rt0
