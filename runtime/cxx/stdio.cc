// C's functions that print to stdout and stderr; {fmt}'s print ends in them, too. Nothing is buffered: what a call
// prints is written when it returns, in one piece as far as rt0::fmt::println writes in one piece, so there is nothing
// to flush at the program's end. Reading, and files, are not here: see refused.cc. Linked only into programs that use
// them.
#include <stdarg.h>

#include "mem/malloc.h"
#include "rt0/print.h"

namespace rt0 {

namespace {

// A C library's FILE, of which programs have only pointers.
struct Stream {
  int fd;
};
constinit Stream out_stream{1}, err_stream{2};

void write_to(const Stream* s, const char* text, usize n) {
  const PrintArg arg(PrintArg::Text(text, n));
  print_args(s->fd, &arg, 1, false, false);
}

}  // namespace

extern "C" {
extern Stream* out __asm__("stdout");
extern Stream* err __asm__("stderr");
constinit Stream* out = &out_stream;
constinit Stream* err = &err_stream;

int vsnprintf(char* buf, usize cap, const char* f, va_list list);

// Declared and defined at once. A write to a closed descriptor is lost, as println's is: no function here fails.
#define RT0_C(type, name, parameters) \
  type name parameters;               \
  type name parameters

RT0_C(usize, fwrite, (const void* p, usize size, usize n, Stream* s)) {
  write_to(s, static_cast<const char*>(p), size * n);
  return n;
}
RT0_C(int, fputs, (const char* text, Stream* s)) {
  write_to(s, text, cstr(text).len);
  return 1;
}
RT0_C(int, fputc, (int c, Stream* s)) {
  const char byte = static_cast<char>(c);
  write_to(s, &byte, 1);
  return static_cast<unsigned char>(byte);
}
RT0_C(int, putc, (int c, Stream* s)) { return fputc(c, s); }
RT0_C(int, putchar, (int c)) { return fputc(c, out); }
RT0_C(int, puts, (const char* text)) {
  const PrintArg args[] = {PrintArg(text)};
  print_args(1, args, 1, false, true);
  return 1;
}
RT0_C(int, fflush, (Stream*)) { return 0; }
RT0_C(int, ferror, (Stream*)) { return 0; }
RT0_C(int, fileno, (Stream * s)) { return s->fd; }

RT0_C(int, vfprintf, (Stream * s, const char* f, va_list list)) {
  char small[256];
  va_list again;
  va_copy(again, list);
  const int n = vsnprintf(small, sizeof(small), f, list);
  const auto len = static_cast<usize>(n);
  if (len < sizeof(small)) {
    write_to(s, small, len);
  } else {
    auto* const large = static_cast<char*>(malloc_or_die(len + 1, 1));
    vsnprintf(large, len + 1, f, again);
    write_to(s, large, len);
    heap_free(large);
  }
  va_end(again);
  return n;
}
RT0_C(int, vprintf, (const char* f, va_list list)) { return vfprintf(out, f, list); }
RT0_C(int, fprintf, (Stream * s, const char* f, ...)) {
  va_list list;
  va_start(list, f);
  const int n = vfprintf(s, f, list);
  va_end(list);
  return n;
}
RT0_C(int, printf, (const char* f, ...)) {
  va_list list;
  va_start(list, f);
  const int n = vfprintf(out, f, list);
  va_end(list);
  return n;
}
#undef RT0_C
}

}  // namespace rt0
