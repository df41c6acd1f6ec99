#include "runtime/boot/init_tasks.h"

#include "kernel_iface/kernel.h"
#include "mem/malloc.h"
#include "runtime/diag/print.h"
#include "runtime/panic/panic.h"
#include "sched/debugvars.h"
#include "sched/gmp.h"
#include "trace/trace.h"

namespace rt0 {

// The linker collects the tasks of all files between these two.
extern "C" InitTask* const __start_rt0_inittasks[];
extern "C" InitTask* const __stop_rt0_inittasks[];

namespace {

enum : unsigned { kNotRun = 0, kRunning = 1, kDone = 2 };

int compare(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return static_cast<u8>(*a) - static_cast<u8>(*b);
}

// Nanoseconds as milliseconds with two significant digits at most below 10: 0.032, 1.5, 17. Go: fmtNSAsMS.
void put_ms(Writer& w, u64 ns) {
  u64 x = ns / 1000, unit = 1000;  // x/unit milliseconds
  if (x >= 10000) x /= 1000, unit = 1;
  for (; x >= 100 && unit > 1; x /= 10) unit /= 10;
  w.fmt("%llu", static_cast<unsigned long long>(x / unit));
  if (x == 0 || unit == 1) return;
  w.put('.');
  while ((unit /= 10) != 0) w.put(static_cast<char>('0' + x / unit % 10));
}

void report(const InitTask* t, i64 start, i64 end, u64 bytes, u64 allocs) {
  PrintLocked locked;
  Writer w(kStderr);
  w.fmt("init %s @", t->name);
  put_ms(w, static_cast<u64>(start - runtimeInitTime));
  w.put(" ms, ");
  put_ms(w, static_cast<u64>(end - start));
  w.fmt(" ms clock, %llu bytes, %llu allocs\n", static_cast<unsigned long long>(bytes),
        static_cast<unsigned long long>(allocs));
}

void doInit1(InitTask* t) RT0_SYM("runtime.doInit1");
void doInit1(InitTask* t) {
  trace_boot(Ev::doInit1);
  trace_text(Ev::InitTask, cstr(t->name));
  t->state = kRunning;
  if (RT0_UNLIKELY(inittrace.active)) {
    const u64 bytes = inittrace.bytes, allocs = inittrace.allocs;
    const i64 start = kernel->nanotime();
    t->fn();
    report(t, start, kernel->nanotime(), inittrace.bytes - bytes, inittrace.allocs - allocs);
  } else {
    t->fn();
  }
  t->state = kDone;
  trace_text(Ev::InitTaskDone, cstr(t->name));
}

// The first need of a task that is not met, null if all are.
InitTask* unmet(const InitTask* t) {
  InitTask* const* need = t->needs;
  while (*need != nullptr && (*need)->state == kDone) need++;
  return *need;
}

// Nothing can run, so each task that is left has an unmet need: following it leads around a circle, or, from one of
// rt0's own tasks, to one of the program's, which run later.
[[noreturn]] void fatal_circle(InitTask* t) {
  const usize n = static_cast<usize>(__stop_rt0_inittasks - __start_rt0_inittasks);
  // Now on the circle, or at the last one before the dead end.
  for (usize i = 0; i < n && unmet(unmet(t)) != nullptr; i++) t = unmet(t);
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

}  // namespace

// A quadratic search, for programs have few tasks; boot pays nothing for a program that has none.
void doInit(bool runtime) {
  trace_boot(Ev::doInit);
  for (;;) {
    InitTask* first = nullptr;
    InitTask* stuck = nullptr;
    for (InitTask* const* at = __start_rt0_inittasks; at != __stop_rt0_inittasks; at++) {
      InitTask* t = *at;
      if (t->state != kNotRun || (t->runtime != 0) != runtime) continue;
      if (unmet(t) != nullptr) stuck = t;
      else if (first == nullptr || compare(t->name, first->name) < 0) first = t;
    }
    if (first == nullptr && stuck == nullptr) return;
    if (first == nullptr) fatal_circle(stuck);
    doInit1(first);
  }
}

}  // namespace rt0
