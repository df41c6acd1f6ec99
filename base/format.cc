#include "base/format.h"

namespace rt0 {

usize format_u64(char* out, u64 v) {
  char rev[kMaxDecimal];
  usize n = 0;
  do {
    rev[n++] = static_cast<char>('0' + v % 10);
    v /= 10;
  } while (v != 0);
  for (usize i = 0; i < n; i++) out[i] = rev[n - 1 - i];
  return n;
}

usize format_i64(char* out, i64 v) {
  if (v >= 0) return format_u64(out, static_cast<u64>(v));
  out[0] = '-';
  return 1 + format_u64(out + 1, -static_cast<u64>(v));
}

usize format_hex(char* out, u64 v) {
  usize digits = 1;
  while (digits < 16 && v >> (4 * digits) != 0) digits++;
  out[0] = '0';
  out[1] = 'x';
  for (usize i = 0; i < digits; i++) out[2 + i] = "0123456789abcdef"[(v >> (4 * (digits - 1 - i))) & 15];
  return 2 + digits;
}

namespace {
usize put_literal(char* out, Str s) {
  for (usize i = 0; i < s.len; i++) out[i] = s[i];
  return s.len;
}
}  // namespace

// Sign, one digit, point, six digits, exponent of three digits: all finite doubles in one fixed width, which needs no
// arithmetic on big integers. The last digit can differ by one from the correctly rounded value, in the same cases as
// Go's print, because both scale by repeated multiplication with 10.
usize format_float(char* out, double v) {
  if (v != v) return put_literal(out, "NaN");
  if (v > 0 && v + v == v) return put_literal(out, "+Inf");
  if (v < 0 && v + v == v) return put_literal(out, "-Inf");

  constexpr int kDigits = 7;
  int exp10 = 0;
  bool negative = false;
  if (v == 0) {
    negative = 1 / v < 0;
  } else {
    negative = v < 0;
    if (negative) v = -v;
    while (v >= 10) exp10++, v /= 10;
    while (v < 1) exp10--, v *= 10;
    double half = 5.0;  // round: half a unit of the last digit
    for (int i = 0; i < kDigits; i++) half /= 10;
    v += half;
    if (v >= 10) exp10++, v /= 10;
  }
  usize n = 0;
  out[n++] = negative ? '-' : '+';
  for (int i = 0; i < kDigits; i++) {
    const int digit = static_cast<int>(v);
    out[n++] = static_cast<char>('0' + digit);
    if (i == 0) out[n++] = '.';
    v = (v - digit) * 10;
  }
  out[n++] = 'e';
  out[n++] = exp10 < 0 ? '-' : '+';
  if (exp10 < 0) exp10 = -exp10;
  out[n++] = static_cast<char>('0' + exp10 / 100);
  out[n++] = static_cast<char>('0' + exp10 / 10 % 10);
  out[n++] = static_cast<char>('0' + exp10 % 10);
  return n;
}

void Out::put(char c) {
  if (len < cap) buf[len++] = c;
  else lost++;
}
void Out::put(Str s) {
  for (char c : s) put(c);
}
void Out::put_u64(u64 v) {
  char t[kMaxDecimal];
  put(Str(t, format_u64(t, v)));
}
void Out::put_i64(i64 v) {
  char t[kMaxDecimal];
  put(Str(t, format_i64(t, v)));
}
void Out::put_hex(u64 v) {
  char t[kMaxHex];
  put(Str(t, format_hex(t, v)));
}

bool parse_i64(Str s, i64* v) {
  const bool negative = !s.empty() && s[0] == '-';
  if (negative) s = s.sub(1);
  if (s.empty()) return false;
  const u64 limit = negative ? u64{1} << 63 : (u64{1} << 63) - 1;
  u64 n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return false;
    const u64 digit = static_cast<u64>(c - '0');
    if (n > (limit - digit) / 10) return false;
    n = n * 10 + digit;
  }
  *v = static_cast<i64>(negative ? -n : n);
  return true;
}

}  // namespace rt0
