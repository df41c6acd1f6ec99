// strtol and similar functions, which std::stoi and others call: text to numbers, by C's rules. Linked only into
// programs that use them.
#include "runtime/cxx/charconv.h"

namespace rt0 {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

// The value of a digit; 36 for any other character.
u32 digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<u32>(c - '0');
  c = lower(c);
  return c >= 'a' && c <= 'z' ? static_cast<u32>(c - 'a') + 10 : 36;
}

struct Number {
  u64 magnitude;
  bool negative;
  bool overflow;  // of 64 bits
};

// Blanks, a sign, 0x for 16, then digits. *end: behind the last digit, or s if there is none. base 0: as in C++ source.
Number parse(const char* s, char** end, u32 base) {
  const char* p = s;
  while (is_space(*p)) p++;
  Number n{};
  if (*p == '-' || *p == '+') n.negative = *p++ == '-';
  if ((base == 0 || base == 16) && p[0] == '0' && lower(p[1]) == 'x' && digit(p[2]) < 16) {
    p += 2;
    base = 16;
  } else if (base == 0) {
    base = *p == '0' ? 8 : 10;
  }
  const char* const first = p;
  for (u32 d; (d = digit(*p)) < base; p++) {
    u64 times, sum;
    if (__builtin_mul_overflow(n.magnitude, u64{base}, &times) || __builtin_add_overflow(times, u64{d}, &sum)) {
      n.overflow = true;
    } else {
      n.magnitude = sum;
    }
  }
  if (end != nullptr) *end = const_cast<char*>(p == first ? s : p);
  return n;
}

bool base_is_good(const char* s, char** end, int base) {
  if (base == 0 || (base >= 2 && base <= 36)) return true;
  if (end != nullptr) *end = const_cast<char*>(s);
  *__errno_location() = kEinval;
  return false;
}

template <class T>
T to_signed(const char* s, char** end, int base) {
  if (!base_is_good(s, end, base)) return 0;
  constexpr u64 kMost = (u64{1} << (sizeof(T) * 8 - 1)) - 1;
  const Number n = parse(s, end, static_cast<u32>(base));
  const u64 limit = kMost + (n.negative ? 1 : 0);
  const bool out = n.overflow || n.magnitude > limit;
  if (out) *__errno_location() = kErange;
  const u64 v = out ? limit : n.magnitude;
  return static_cast<T>(n.negative ? 0 - v : v);
}

template <class T>
T to_unsigned(const char* s, char** end, int base) {
  if (!base_is_good(s, end, base)) return 0;
  const Number n = parse(s, end, static_cast<u32>(base));
  if (n.overflow || n.magnitude > static_cast<T>(-1)) {
    *__errno_location() = kErange;
    return static_cast<T>(-1);
  }
  return static_cast<T>(n.negative ? 0 - n.magnitude : n.magnitude);
}

// Whether a decimal or hexadecimal number that does not fit into a T is too large, not too small. That is so if the
// exponent of its first digit that is not 0 is positive.
bool too_large(const char* p, const char* end, bool hex) {
  i64 before = 0, exponent = 0;
  bool point = false, found = false;
  for (; p != end; p++) {
    const char c = lower(*p);
    if (c == '.') {
      point = true;
    } else if (c == (hex ? 'p' : 'e')) {
      exponent = parse(p + 1, nullptr, 10).magnitude > 1000000 ? 1000000
                                                               : static_cast<i64>(parse(p + 1, nullptr, 10).magnitude);
      if (p[1] == '-') exponent = -exponent;
      break;
    } else {
      found = found || c != '0';
      if (found && !point) before++;
      if (!found && point) before--;
    }
  }
  return before * (hex ? 4 : 1) + exponent > 0;
}

template <class T>
T to_float(const char* s, char** end) {
  const char* p = s;
  while (is_space(*p)) p++;
  bool negative = false;
  if (*p == '-' || *p == '+') negative = *p++ == '-';
  // from_chars takes a sign of its own, and does not take 0x.
  const bool hex = p[0] == '0' && lower(p[1]) == 'x' && (digit(p[2]) < 16 || (p[2] == '.' && digit(p[3]) < 16));
  if (hex) p += 2;
  T v = 0;
  if (*p == '-' || *p == '+') {
    p = s;
  } else {
    const CharsResult r = from_chars(p, p + cstr(p).len, v, hex ? CharsFormat::hex : CharsFormat::general);
    if (r.err == kErange) {
      *__errno_location() = kErange;
      v = too_large(p, r.end, hex) ? static_cast<T>(__builtin_huge_val()) : 0;
    }
    p = r.err == kEinval ? s : r.end;
  }
  if (end != nullptr) *end = const_cast<char*>(p);
  return negative ? -v : v;
}

}  // namespace

// Newer toolchains' headers call the same functions by a second name.
#define RT0_BOTH(type, name, args, call)           \
  type name args __asm__(#name);                   \
  type name args { return call; }                  \
  type name##_c23 args __asm__("__isoc23_" #name); \
  type name##_c23 args { return call; }
RT0_BOTH(long, strtol, (const char* s, char** end, int base), to_signed<long>(s, end, base))
RT0_BOTH(long long, strtoll, (const char* s, char** end, int base), to_signed<long long>(s, end, base))
RT0_BOTH(unsigned long, strtoul, (const char* s, char** end, int base), to_unsigned<unsigned long>(s, end, base))
RT0_BOTH(unsigned long long, strtoull, (const char* s, char** end, int base),
         to_unsigned<unsigned long long>(s, end, base))
#undef RT0_BOTH

double strtod(const char* s, char** end) __asm__("strtod");
double strtod(const char* s, char** end) { return to_float<double>(s, end); }
float strtof(const char* s, char** end) __asm__("strtof");
float strtof(const char* s, char** end) { return to_float<float>(s, end); }
// With the precision of a double, so that the result is the same on all ISAs.
long double strtold(const char* s, char** end) __asm__("strtold");
long double strtold(const char* s, char** end) { return static_cast<long double>(to_float<double>(s, end)); }
double atof(const char* s) __asm__("atof");
double atof(const char* s) { return to_float<double>(s, nullptr); }

}  // namespace rt0
