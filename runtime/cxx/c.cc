// The functions of a C library that libstdc++ and its headers call, and that need something of the runtime: errno, the
// clocks, waiting, assertions, random numbers. Those that need nothing (strings, characters, sorting, mathematics) come
// from third_party/musl. Linked only into programs that use them. The names and types are glibc's on the same ISA,
// whose headers programs are compiled with. None of them asks the operating system: the clocks and random numbers are
// the runtime's, so that they are simulated under RT0_SIM.
#include "base/format.h"
#include "kernel_iface/errno.h"
#include "kernel_iface/kernel.h"
#include "lib/time/timer.h"
#include "rt0/runtime.h"
#include "runtime/cxx/futex.h"
#include "sched/above.h"

namespace rt0 {

namespace {

// 0 CLOCK_REALTIME, 5 its coarse form; any other clock that libstdc++ or a program asks for is monotonic.
i64 clock(int id) { return id == 0 || id == 5 ? kernel->walltime() : kernel->nanotime(); }

[[noreturn]] void assertion(Str what, Str file, u32 line, Str function) {
  char buf[400];
  Out out{buf, sizeof(buf)};
  out.put(file);
  out.put(":");
  out.put_u64(line);
  out.put(": ");
  out.put(function);
  out.put(": assertion `");
  out.put(what);
  out.put("' failed");
  fatal(out.str());
}

}  // namespace

extern "C" {

// errno is the goroutine's own: a goroutine may go on on another thread between setting and reading it.
int* __errno_location();
int* __errno_location() { return &getg()->c_errno; }

int clock_gettime(int id, Timespec* t);
int clock_gettime(int id, Timespec* t) {
  const i64 now = clock(id);
  *t = {static_cast<long>(now / kNsPerSecond), static_cast<long>(now % kNsPerSecond)};
  return 0;
}

int __clock_gettime64(int id, Timespec64* t);
int __clock_gettime64(int id, Timespec64* t) {
  const i64 now = clock(id);
  *t = {};
  t->sec = now / kNsPerSecond;
  t->nsec = static_cast<i32>(now % kNsPerSecond);
  return 0;
}

int gettimeofday(Timespec* t, void* zone);
int gettimeofday(Timespec* t, void*) {
  const i64 now = kernel->walltime();
  *t = {static_cast<long>(now / kNsPerSecond), static_cast<long>(now % kNsPerSecond / 1000)};
  return 0;
}

long time(long* t);
long time(long* t) {
  const long now = static_cast<long>(kernel->walltime() / kNsPerSecond);
  if (t != nullptr) *t = now;
  return now;
}

// std::this_thread::sleep_for and yield: they stop the calling goroutine, not its thread.
int nanosleep(const Timespec* t, Timespec* rest);
int nanosleep(const Timespec* t, Timespec* rest) {
  const i64 ns = span_of(*t);
  if (ns < 0) {
    getg()->c_errno = static_cast<i32>(Errno::inval);
    return -1;
  }
  timeSleep(ns);
  if (rest != nullptr) *rest = {};
  return 0;
}

// Returns an error number. flags: 0, or 1 for a point in time.
int clock_nanosleep(int id, int flags, const Timespec* t, Timespec* rest);
int clock_nanosleep(int id, int flags, const Timespec* t, Timespec* rest) {
  const i64 ns = span_of(*t);
  if (ns < 0 || (id != kClockRealtime && id != kClockMonotonic)) return static_cast<int>(Errno::inval);
  timeSleep(flags == 0 ? ns : ns - clock(id));
  if (flags == 0 && rest != nullptr) *rest = {};
  return 0;
}

int usleep(unsigned us);
int usleep(unsigned us) {
  timeSleep(i64{us} * 1000);
  return 0;
}

unsigned sleep(unsigned seconds);
unsigned sleep(unsigned seconds) {
  timeSleep(i64{seconds} * kNsPerSecond);
  return 0;
}

int sched_yield();
int sched_yield() {
  gosched();
  return 0;
}

[[noreturn]] void __assert_fail(const char* what, const char* file, unsigned line, const char* function);
void __assert_fail(const char* what, const char* file, unsigned line, const char* function) {
  assertion(cstr(what), cstr(file), line, cstr(function));
}

// std::error_code's messages.
char* strerror(int e);
char* strerror(int e) { return const_cast<char*>(errno_text_all(static_cast<Errno>(e))); }

// libstdc++ asks for its messages in the user's language: they are returned as they are.
char* gettext(const char* message);
char* gettext(const char* message) { return const_cast<char*>(message); }
char* dgettext(const char* domain, const char* message);
char* dgettext(const char*, const char* message) { return const_cast<char*>(message); }

// The rounding of floating-point results is always to nearest.
int fegetround();
int fegetround() { return 0; }
int fesetround(int how);
int fesetround(int how) { return how == 0 ? 0 : -1; }
}

// std::random_device: the kernel's random numbers. libstdc++'s own would ask the CPU, which a simulation could not
// repeat. Weak, for the reason that no_exceptions.cc has.

struct random_device;
[[gnu::weak]] void random_device_init(random_device* self, const void* token) __asm__(
    "_ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
void random_device_init(random_device*, const void*) {}
[[gnu::weak]] void random_device_fini(random_device* self) __asm__("_ZNSt13random_device7_M_finiEv");
void random_device_fini(random_device*) {}
[[gnu::weak]] double random_device_entropy(const random_device* self) __asm__("_ZNKSt13random_device13_M_getentropyEv");
double random_device_entropy(const random_device*) { return 32; }
[[gnu::weak]] unsigned random_device_getval(random_device* self) __asm__("_ZNSt13random_device9_M_getvalEv");
unsigned random_device_getval(random_device*) {
  u8 bytes[4];
  if (!kernel->getrandom(bytes, sizeof(bytes))) fatal("std::random_device: the kernel has no random numbers");
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | unsigned{bytes[3]} << 24;  // the same on all ISAs
}

}  // namespace rt0
