// The functions that header-only parts of the C++ library call where they would throw an exception: each is a fatal
// error with the exception's text. Linked only into programs that use them. The names are libstdc++'s ABI, which
// programs compiled by clang use, too. No header of the library is needed, because all arguments are C strings.
#include <stdarg.h>

#include "base/format.h"
#include "mem/sysmem.h"
#include "sched/above.h"

namespace rt0 {

namespace {

// "fatal error: std::length_error: vector::reserve"
[[noreturn]] void fatal_of(Str what, Str text) {
  char buf[256];
  Out out{buf, sizeof(buf)};
  out.put(what);
  if (!text.empty()) {
    out.put(": ");
    out.put(text);
  }
  fatal(out.str());
}

}  // namespace

[[noreturn]] void throw_length_error(const char* s) __asm__("_ZSt20__throw_length_errorPKc");
void throw_length_error(const char* s) { fatal_of("std::length_error", cstr(s)); }

[[noreturn]] void throw_logic_error(const char* s) __asm__("_ZSt19__throw_logic_errorPKc");
void throw_logic_error(const char* s) { fatal_of("std::logic_error", cstr(s)); }

[[noreturn]] void throw_invalid_argument(const char* s) __asm__("_ZSt24__throw_invalid_argumentPKc");
void throw_invalid_argument(const char* s) { fatal_of("std::invalid_argument", cstr(s)); }

[[noreturn]] void throw_out_of_range(const char* s) __asm__("_ZSt20__throw_out_of_rangePKc");
void throw_out_of_range(const char* s) { fatal_of("std::out_of_range", cstr(s)); }

// The library's formats have %zu, %s and %% only.
[[noreturn]] void throw_out_of_range_fmt(const char* f, ...) __asm__("_ZSt24__throw_out_of_range_fmtPKcz");
void throw_out_of_range_fmt(const char* f, ...) {
  char buf[200];
  Out out{buf, sizeof(buf)};
  va_list args;
  va_start(args, f);
  for (; *f != '\0'; f++) {
    if (f[0] == '%' && f[1] == 'z' && f[2] == 'u') {
      out.put_u64(va_arg(args, usize));
      f += 2;
    } else if (f[0] == '%' && f[1] == 's') {
      out.put(cstr(va_arg(args, const char*)));
      f++;
    } else {
      if (f[0] == '%' && f[1] == '%') f++;
      out.put(*f);
    }
  }
  va_end(args);
  fatal_of("std::out_of_range", out.str());
}

[[noreturn]] void throw_bad_alloc() __asm__("_ZSt17__throw_bad_allocv");
void throw_bad_alloc() { fatal_out_of_memory(~usize{0}); }

[[noreturn]] void throw_bad_array_new_length() __asm__("_ZSt28__throw_bad_array_new_lengthv");
void throw_bad_array_new_length() { fatal_of("std::bad_array_new_length", {}); }

[[noreturn]] void throw_bad_function_call() __asm__("_ZSt25__throw_bad_function_callv");
void throw_bad_function_call() { fatal_of("std::bad_function_call", {}); }

[[noreturn]] void assert_fail(const char* file, int line, const char* function,
                              const char* condition) __asm__("_ZSt21__glibcxx_assert_failPKciS0_S0_");
void assert_fail(const char*, int, const char* function, const char* condition) {
  fatal_of(cstr(function), cstr(condition));
}

// std::nothrow, an object of which only the address is used; and __libc_single_threaded, which shared_ptr reads: 0
// means that it must count with atomics.
extern const char nothrow_object __asm__("_ZSt7nothrow");
constinit const char nothrow_object = 0;

extern "C" {
[[noreturn]] void abort();
void abort() { fatal("abort() was called"); }
extern const char __libc_single_threaded;
constinit const char __libc_single_threaded = 0;
}

}  // namespace rt0
