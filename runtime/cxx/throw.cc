// What the C++ library calls when something cannot go on: fatal errors with their texts, because there are no
// exceptions. Linked only into programs that use them. The names are the library's ABI (libstdc++'s, which clang's
// programs use here too); no header of it is needed, for all take C strings. Weak, for the reason that
// no_exceptions.cc has.
#include <stdarg.h>

#include "base/format.h"
#include "base/types.h"
#include "kernel_iface/errno.h"
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

[[gnu::weak, noreturn]] void throw_length_error(const char* s) __asm__("_ZSt20__throw_length_errorPKc");
void throw_length_error(const char* s) { fatal_of("std::length_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_logic_error(const char* s) __asm__("_ZSt19__throw_logic_errorPKc");
void throw_logic_error(const char* s) { fatal_of("std::logic_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_invalid_argument(const char* s) __asm__("_ZSt24__throw_invalid_argumentPKc");
void throw_invalid_argument(const char* s) { fatal_of("std::invalid_argument", cstr(s)); }

[[gnu::weak, noreturn]] void throw_out_of_range(const char* s) __asm__("_ZSt20__throw_out_of_rangePKc");
void throw_out_of_range(const char* s) { fatal_of("std::out_of_range", cstr(s)); }

[[gnu::weak, noreturn]] void throw_domain_error(const char* s) __asm__("_ZSt20__throw_domain_errorPKc");
void throw_domain_error(const char* s) { fatal_of("std::domain_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_runtime_error(const char* s) __asm__("_ZSt21__throw_runtime_errorPKc");
void throw_runtime_error(const char* s) { fatal_of("std::runtime_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_range_error(const char* s) __asm__("_ZSt19__throw_range_errorPKc");
void throw_range_error(const char* s) { fatal_of("std::range_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_overflow_error(const char* s) __asm__("_ZSt22__throw_overflow_errorPKc");
void throw_overflow_error(const char* s) { fatal_of("std::overflow_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_underflow_error(const char* s) __asm__("_ZSt23__throw_underflow_errorPKc");
void throw_underflow_error(const char* s) { fatal_of("std::underflow_error", cstr(s)); }

[[gnu::weak, noreturn]] void throw_bad_exception() __asm__("_ZSt21__throw_bad_exceptionv");
void throw_bad_exception() { fatal_of("std::bad_exception", {}); }

[[gnu::weak, noreturn]] void throw_bad_cast() __asm__("_ZSt16__throw_bad_castv");
void throw_bad_cast() { fatal_of("std::bad_cast", {}); }

[[gnu::weak, noreturn]] void throw_bad_typeid() __asm__("_ZSt18__throw_bad_typeidv");
void throw_bad_typeid() { fatal_of("std::bad_typeid", {}); }

// std::system_error, of an error number.
[[gnu::weak, noreturn]] void throw_system_error(int e) __asm__("_ZSt20__throw_system_errori");
void throw_system_error(int e) { fatal_of("std::system_error", cstr(errno_text(static_cast<Errno>(e)))); }

// The library's formats have %zu, %s and %% only.
[[gnu::weak, noreturn]] void throw_out_of_range_fmt(const char* f, ...) __asm__("_ZSt24__throw_out_of_range_fmtPKcz");
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

[[gnu::weak, noreturn]] void throw_bad_alloc() __asm__("_ZSt17__throw_bad_allocv");
void throw_bad_alloc() { fatal_out_of_memory(~usize{0}); }

[[gnu::weak, noreturn]] void throw_bad_array_new_length() __asm__("_ZSt28__throw_bad_array_new_lengthv");
void throw_bad_array_new_length() { fatal_of("std::bad_array_new_length", {}); }

[[gnu::weak, noreturn]] void throw_bad_function_call() __asm__("_ZSt25__throw_bad_function_callv");
void throw_bad_function_call() { fatal_of("std::bad_function_call", {}); }

// std::nothrow, an object of which only the address is used.
[[gnu::weak]] extern const char nothrow_object __asm__("_ZSt7nothrow");
constinit const char nothrow_object = 0;

}  // namespace rt0
