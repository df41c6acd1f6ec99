// How the C++ library ends a program whose mistake it has found. As throw.cc, but exceptions make no difference here.
#include "base/format.h"
#include "sched/above.h"

namespace rt0 {

// A condition of _GLIBCXX_ASSERTIONS does not hold: "fatal error: function: condition".
[[gnu::weak, noreturn]] void assert_fail(const char* file, int line, const char* function,
                                         const char* condition) __asm__("_ZSt21__glibcxx_assert_failPKciS0_S0_");
void assert_fail(const char*, int, const char* function, const char* condition) {
  char buf[256];
  Out out{buf, sizeof(buf)};
  out.put(cstr(function));
  out.put(": ");
  out.put(cstr(condition));
  fatal(out.str());
}

extern "C" {
[[gnu::weak, noreturn]] void abort();
void abort() { fatal("abort() was called"); }

// shared_ptr reads it: 0 means that it must count with atomics.
[[gnu::weak]] extern const char __libc_single_threaded;
constinit const char __libc_single_threaded = 0;
}

}  // namespace rt0
