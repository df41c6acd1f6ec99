#include "hosted.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <initializer_list>
#include <mutex>
#include <utility>

#include "kernel_iface/choice.h"
#include "kernel_iface/linux/linux.h"
#include "mem/malloc.h"
#include "runtime/panic/panic.h"
#include "sched/debugvars.h"
#include "trace/trace.h"

namespace rt0 {

// Variables of runtime/boot/boot.cc, runtime/boot/main.cc and others, as far as the code under test needs them.
Schedt sched = {};
i32 ncpu = 4;
Atomic<i32> gomaxprocs{4};
i64 runtimeInitTime = 0;
InitTrace inittrace = {};
Atomic<u32> trace_on{kTraceOff};
// Hosted tests run on real threads; nothing is simulated.
u32 simulated = 0;
u32 choose(Choice, u32, Resource) { return 0; }

namespace hosted {

uintptr readable_lo = 0, readable_hi = 0;
i64 fake_nanotime = 0;

namespace {

std::mutex written_lock;
std::string written;
Recording* recording = nullptr;

SysResult write(i32, const void* p, usize n) {
  const std::lock_guard l(written_lock);
  written.append(static_cast<const char*>(p), n);
  return {n, Errno::ok};
}
i64 nanotime() {
  if (fake_nanotime != 0) return fake_nanotime;
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<i64>(ts.tv_sec) * 1000000000 + ts.tv_nsec;
}
void usleep(u32 us) {
  const timespec ts = {us / 1000000, static_cast<long>(us % 1000000) * 1000};
  nanosleep(&ts, nullptr);
}
void osyield() { sched_yield(); }
void futexsleep(Atomic<u32>* addr, u32 val, i64 ns) {
  const timespec ts = {static_cast<time_t>(ns / 1000000000), static_cast<long>(ns % 1000000000)};
  syscall(SYS_futex, &addr->v, FUTEX_WAIT_PRIVATE, val, ns < 0 ? nullptr : &ts);
}
void futexwakeup(Atomic<u32>* addr, u32 count) { syscall(SYS_futex, &addr->v, FUTEX_WAKE_PRIVATE, count); }

constexpr Kernel make_kernel() {
  Kernel k = {};
  k.name = "hosted";
  k.write = write;
  k.nanotime = k.tracetime = nanotime;
  k.usleep = usleep;
  k.osyield = osyield;
  k.futexsleep = futexsleep;
  k.futexwakeup = futexwakeup;
  return k;
}
constexpr Kernel hosted_kernel = make_kernel();

void record(Ev e, std::initializer_list<std::string> values) {
  if (recording == nullptr) return;
  static constexpr const char* kNames[] = {
#define FN(id, name) name,
#define EV(id, name, args, meaning) name,
#include "trace/events.def"
#undef FN
#undef EV
  };
  std::string text = kNames[static_cast<usize>(e)];
  for (const std::string& v : values) text += " " + v;
  recording->events.push_back(text);
}

}  // namespace

ThisThreadIsM::ThisThreadIsM() {
  m.g0 = &g0;
  m.curg.store_relaxed(&g0);
  g0.m = &m;
  Isa::setg(&g0);
}
ThisThreadIsM::~ThisThreadIsM() { Isa::setg(nullptr); }

std::string take_written() {
  const std::lock_guard l(written_lock);
  return std::exchange(written, {});
}

Recording::Recording() {
  recording = this;
  trace_on.store_relaxed(kTraceOn);
}
Recording::~Recording() {
  trace_on.store_relaxed(kTraceOff);
  recording = nullptr;
}

}  // namespace hosted

const Kernel* kernel = &hosted::hosted_kernel;
const Kernel linux_kernel = hosted::hosted_kernel;

void throw_(const char* why) { throw hosted::Thrown(why); }
void fatal(Str why) { throw hosted::Fatal(std::string(why.ptr, why.len)); }

void preempt_here(const volatile void*) {}
void stack_scavenge_enable() {}

void trace_boot(Ev e) { trace_fn(e); }
void trace_fn_slow(Ev e) { hosted::record(e, {}); }
void trace_slow(Ev e, i64 a, i64) { hosted::record(e, {std::to_string(a)}); }
void trace_text_slow(Ev e, i64, Str text) { hosted::record(e, {std::string(text.ptr, text.len)}); }

bool page_readable(uintptr a) { return a >= hosted::readable_lo && a < hosted::readable_hi; }

// The unit tests are compiled with exceptions, and throw none through rt0: see detail::Unwinding in rt0/panic.h.
unsigned uncaught_exceptions() __asm__("rt0.uncaught_exceptions");
unsigned uncaught_exceptions() { return 0; }

}  // namespace rt0
