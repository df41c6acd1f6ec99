// snprintf and the like, which std::to_string calls for doubles: formatted text in memory, by C's rules. Doubles go
// through libstdc++'s to_chars, so their digits are exact and the same on every ISA. A long double is printed with the
// precision of a double. Linked only into programs that use them.
#include <stdarg.h>

#include "runtime/cxx/charconv.h"
#include "runtime/cxx/sink.h"
#include "sched/above.h"

namespace rt0 {

namespace {

struct Spec {
  bool left = false, plus = false, space = false, alt = false, zero = false;
  int width = 0;
  int precision = -1;  // -1: none given
  char size = 0;       // 'H' for hh, 'h', 'l', 'L' for ll and j, 'D' for long double
  char type = 0;
};

// A number's sign and prefix, zeroes, digits; padded to the width.
void padded(Sink& out, const Spec& f, Str prefix, i64 zeroes, Str digits, bool zero_pad) {
  i64 pad = f.width - static_cast<i64>(prefix.len) - static_cast<i64>(digits.len) - zeroes;
  if (!f.left && zero_pad && pad > 0) {
    zeroes += pad;
    pad = 0;
  }
  if (!f.left) out.fill(' ', pad);
  out.put(prefix);
  out.fill('0', zeroes);
  out.put(digits);
  if (f.left) out.fill(' ', pad);
}

Str sign_of(const Spec& f, bool negative) {
  if (negative) return "-";
  if (f.plus) return "+";
  if (f.space) return " ";
  return {};
}

void integer(Sink& out, const Spec& f, u64 v, bool negative) {
  const u32 base = f.type == 'o' ? 8 : f.type == 'x' || f.type == 'X' || f.type == 'p' ? 16 : 10;
  const char* const all = f.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  char buf[24];
  usize at = sizeof(buf);
  const bool is_zero = v == 0;
  for (; v != 0; v /= base) buf[--at] = all[v % base];
  const usize digits = sizeof(buf) - at;
  i64 zeroes = (f.precision < 0 ? 1 : f.precision) - static_cast<i64>(digits);
  if (zeroes < 0) zeroes = 0;
  Str prefix = f.type == 'd' ? sign_of(f, negative) : Str{};
  if (f.type == 'p' || (f.alt && base == 16 && !is_zero)) prefix = f.type == 'X' ? Str("0X") : Str("0x");
  if (f.alt && base == 8 && zeroes == 0) zeroes = 1;
  padded(out, f, prefix, zeroes, {buf + at, digits}, f.zero && f.precision < 0);
}

// The flag #: a point, also where no digit follows it; with %g as many digits as the precision asks for. `digits` is a
// number's text without a sign; there is room behind it. Returns its new end.
char* alternate(char* digits, char* end, bool general, int precision) {
  char* exponent = digits;
  while (exponent != end && *exponent != 'e' && *exponent != 'p') exponent++;
  bool point = false;
  int significant = 0;
  for (const char* p = digits; p != exponent; p++) {
    if (*p == '.') point = true;
    else if (significant > 0 || *p != '0') significant++;
  }
  if (significant == 0) {  // zero: each digit counts
    for (const char* p = digits; p != exponent; p++) significant += *p != '.';
  }
  const int wanted = precision == 0 ? 1 : precision;
  const usize zeroes = general && wanted > significant ? static_cast<usize>(wanted - significant) : 0;
  const usize more = zeroes + (point ? 0 : 1);
  __builtin_memmove(exponent + more, exponent, static_cast<usize>(end - exponent));
  if (!point) *exponent++ = '.';
  for (usize i = 0; i < zeroes; i++) *exponent++ = '0';
  return end + more;
}

void floating(Sink& out, const Spec& f, double v) {
  const bool upper = f.type < 'a';
  const char type = static_cast<char>(f.type | 32);
  const bool negative = __builtin_signbit(v) != 0;
  const bool finite = __builtin_isfinite(v);
  char prefix[3];
  usize len = 0;
  for (const char c : sign_of(f, negative)) prefix[len++] = c;
  if (type == 'a' && finite) prefix[len++] = '0', prefix[len++] = upper ? 'X' : 'x';
  // 309 digits before the point; behind it, no double has more than 1,074 that are not 0.
  constexpr int kMost = 1074;
  char buf[2 * kMost + 340];
  const int precision = f.precision < 0 ? 6 : f.precision;
  const int exact = precision > kMost ? kMost : precision;
  const CharsFormat how = type == 'f'   ? CharsFormat::fixed
                          : type == 'e' ? CharsFormat::scientific
                          : type == 'g' ? CharsFormat::general
                                        : CharsFormat::hex;
  if (negative) v = -v;
  const CharsResult r = type == 'a' && f.precision < 0 ? to_chars(buf, buf + sizeof(buf), v, how)
                                                       : to_chars(buf, buf + sizeof(buf), v, how, exact);
  char* const end = f.alt && finite ? alternate(buf, r.end, type == 'g', exact) : r.end;
  Str digits{buf, static_cast<usize>(end - buf)};
  if (upper)
    for (char* p = buf; p != end; p++)
      if (*p >= 'a' && *p <= 'z') *p = static_cast<char>(*p - 32);
  padded(out, f, {prefix, len}, 0, digits, f.zero && finite);
  if (type == 'f' && finite) out.fill('0', precision - exact);
}

int number(const char*& p) {
  int n = 0;
  for (; *p >= '0' && *p <= '9'; p++) n = n < 100000 ? n * 10 + (*p - '0') : n;
  return n;
}

// A va_list is an array on some ISAs; in a struct it can be handed on everywhere.
struct Args {
  va_list at;
};

Spec parse(const char*& p, Args& args) {
  Spec f;
  for (;; p++) {
    if (*p == '-') f.left = true;
    else if (*p == '+') f.plus = true;
    else if (*p == ' ') f.space = true;
    else if (*p == '#') f.alt = true;
    else if (*p == '0') f.zero = true;
    else break;
  }
  if (*p == '*') {
    p++;
    f.width = va_arg(args.at, int);
    if (f.width < 0) f.left = true, f.width = -f.width;
  } else {
    f.width = number(p);
  }
  if (*p == '.') {
    p++;
    if (*p == '*') {
      p++;
      f.precision = va_arg(args.at, int);
    } else {
      f.precision = number(p);
    }
  }
  switch (*p) {
    case 'h': f.size = *++p == 'h' ? (p++, 'H') : 'h'; break;
    case 'l': f.size = *++p == 'l' ? (p++, 'L') : 'l'; break;
    case 'j': p++, f.size = 'L'; break;
    case 'z':
    case 't': p++, f.size = 'l'; break;
    case 'L': p++, f.size = 'D'; break;
    default: break;
  }
  f.type = *p;
  if (*p != '\0') p++;
  return f;
}

i64 signed_arg(const Spec& f, Args& args) {
  if (f.size == 'L') return va_arg(args.at, long long);
  if (f.size == 'l') return va_arg(args.at, long);
  const int v = va_arg(args.at, int);
  return f.size == 'H' ? static_cast<signed char>(v) : f.size == 'h' ? static_cast<i16>(v) : v;
}
u64 unsigned_arg(const Spec& f, Args& args) {
  if (f.size == 'L') return va_arg(args.at, unsigned long long);
  if (f.size == 'l') return va_arg(args.at, unsigned long);
  const unsigned v = va_arg(args.at, unsigned);
  return f.size == 'H' ? static_cast<u8>(v) : f.size == 'h' ? static_cast<u16>(v) : v;
}

void one(Sink& out, Spec f, Args& args) {
  switch (f.type) {
    case 'd':
    case 'i': {
      f.type = 'd';
      const i64 v = signed_arg(f, args);
      integer(out, f, v < 0 ? 0 - static_cast<u64>(v) : static_cast<u64>(v), v < 0);
      break;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X': integer(out, f, unsigned_arg(f, args), false); break;
    case 'p': integer(out, f, reinterpret_cast<uintptr>(va_arg(args.at, void*)), false); break;
    case 'c': {
      const char c = static_cast<char>(va_arg(args.at, int));
      padded(out, f, {}, 0, {&c, 1}, false);
      break;
    }
    case 's': {
      const char* s = va_arg(args.at, const char*);
      if (s == nullptr) s = "(null)";
      usize n = 0;
      while ((f.precision < 0 || n < static_cast<usize>(f.precision)) && s[n] != '\0') n++;
      padded(out, f, {}, 0, {s, n}, false);
      break;
    }
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      floating(out, f, f.size == 'D' ? static_cast<double>(va_arg(args.at, long double)) : va_arg(args.at, double));
      break;
    case '%': out.put('%'); break;
    default: fatal("snprintf: a conversion that it does not know");
  }
}

int format(char* buf, usize cap, const char* p, Args& args) {
  Sink out{buf, cap == 0 ? 0 : cap - 1};
  while (*p != '\0') {
    if (*p != '%') {
      out.put(*p++);
      continue;
    }
    p++;
    const Spec f = parse(p, args);
    one(out, f, args);
  }
  if (cap != 0) buf[out.n < cap ? out.n : cap - 1] = '\0';
  return static_cast<int>(out.n);
}

}  // namespace

extern "C" {
int vsnprintf(char* buf, usize cap, const char* f, va_list list);
int vsnprintf(char* buf, usize cap, const char* f, va_list list) {
  Args args;
  va_copy(args.at, list);
  const int n = format(buf, cap, f, args);
  va_end(args.at);
  return n;
}

int vsprintf(char* buf, const char* f, va_list list);
int vsprintf(char* buf, const char* f, va_list list) { return vsnprintf(buf, 0x7fffffff, f, list); }

int snprintf(char* buf, usize cap, const char* f, ...);
int snprintf(char* buf, usize cap, const char* f, ...) {
  Args args;
  va_start(args.at, f);
  const int n = format(buf, cap, f, args);
  va_end(args.at);
  return n;
}

int sprintf(char* buf, const char* f, ...);
int sprintf(char* buf, const char* f, ...) {
  Args args;
  va_start(args.at, f);
  const int n = format(buf, 0x7fffffff, f, args);
  va_end(args.at);
  return n;
}
}

}  // namespace rt0
