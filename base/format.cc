#include "base/format.h"

#include "base/big.h"

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

// A natural number below 2^1184. The largest that format_float needs is the smallest double's fraction times 10^324.
struct Big : BigWords<37> {
  using BigWords::BigWords;
  [[gnu::noinline]] void mul(u32 by) {
    u64 carry = 0;
    for (u32 i = 0; i < n; i++) {
      carry += u64{w[i]} * by;
      w[i] = static_cast<u32>(carry);
      carry >>= 32;
    }
    if (carry != 0) w[n++] = static_cast<u32>(carry);
  }
  void mul_power(u32 base, u32 exponent) {
    while (exponent-- > 0) mul(base);
  }
  // Multiplies by 2^bits. Both factors fit into a word, so no step makes the number longer by more than one word.
  void shift(u32 bits) {
    mul_power(u32{1} << 31, bits / 31);
    mul(u32{1} << bits % 31);
  }
  void mul_power10(u32 exponent) {
    mul_power(1000000000, exponent / 9);
    mul_power(10, exponent % 9);
  }
  void add(const Big& b) {
    u64 carry = 0;
    for (u32 i = 0; i < b.n || carry != 0; i++) {
      if (i == n) w[n++] = 0;
      carry += u64{w[i]} + (i < b.n ? b.w[i] : 0);
      w[i] = static_cast<u32>(carry);
      carry >>= 32;
    }
  }
};

// A float's fields: v = fraction * 2^exponent. least: the exponent of the smallest numbers.
struct Parts {
  u64 fraction;
  i32 exponent, least;
  u32 fraction_bits;  // how many bits of the fraction are stored: a normal number's fraction has one more
};

// The decimal digits of 0.d1d2d3… * 10^point.
struct Digits {
  char d[18];
  u32 n;
  i32 point;
};

// The fewest digits that are read back as the same float, and of those the nearest to it. By exact arithmetic: the
// float is r/s, the middles between it and its neighbours are (r - below)/s and (r + above)/s, and digits are produced
// until what is left lies between these. (Steele and White's free-format algorithm.)
[[gnu::noinline]] void shortest(const Parts& v, Digits* out) {
  const bool even = v.fraction % 2 == 0;  // then the middles themselves are read back as v
  // Below a power of two the floats lie twice as close.
  const bool narrow = v.fraction == u64{1} << v.fraction_bits && v.exponent > v.least;
  Big r(v.fraction), s(1), below(1), above(narrow ? 2 : 1);
  Big* const all[] = {&r, &below, &above};
  const u32 half = narrow ? 2 : 1;  // everything counts in halves, or quarters, of the last place
  const i32 e = v.exponent;
  r.shift(half + (e > 0 ? static_cast<u32>(e) : 0));
  s.shift(half + (e < 0 ? static_cast<u32>(-e) : 0));
  if (e > 0) below.shift(static_cast<u32>(e)), above.shift(static_cast<u32>(e));

  // 10^(point-1) <= v < 10^point; this may be one too small. 1292913986 / 2^32 is log10(2), near enough for every
  // exponent.
  const i32 log2 = 63 - __builtin_clzll(v.fraction) + e;
  i32 point = static_cast<i32>(i64{log2} * 1292913986 >> 32) + 1;
  if (point >= 0) {
    s.mul_power10(static_cast<u32>(point));
  } else {
    for (Big* b : all) b->mul_power10(static_cast<u32>(-point));
  }
  const auto reaches = [&] {  // would the next larger digit be read back as v?
    Big sum = r;
    sum.add(above);
    const int c = sum.compare(s);
    return c > 0 || (c == 0 && even);
  };
  while (reaches()) s.mul(10), point++;

  out->n = 0;
  out->point = point;
  for (bool down = false, up = false; !down && !up;) {
    for (Big* b : all) b->mul(10);
    u32 digit = 0;
    for (; r.compare(s) >= 0; digit++) r.sub(s);
    const int low = r.compare(below);
    down = low < 0 || (low == 0 && even);
    up = reaches();
    if (down && up) {  // both digits are read back as v: takes the nearer one
      Big twice = r;
      twice.mul(2);
      const int c = twice.compare(s);
      // In the middle: the even one; but of a float32 that is a power of two the upper one, as Go does.
      const bool rounds_up = digit % 2 != 0 || (narrow && v.fraction_bits == 23);
      up = c > 0 || (c == 0 && rounds_up);
    }
    out->d[out->n++] = static_cast<char>('0' + digit + (up ? 1 : 0));
  }
}

// As Go's strconv.FormatFloat(v, 'g', -1) does.
usize format_parts(char* out, bool negative, const Parts& v) {
  usize n = 0;
  if (negative) out[n++] = '-';
  if (v.fraction == 0) {
    out[n++] = '0';
    return n;
  }
  Digits d;
  shortest(v, &d);
  const i32 exp10 = d.point - 1;
  const i32 len = static_cast<i32>(d.n);
  if (exp10 < -4 || exp10 >= 6) {
    out[n++] = d.d[0];
    if (d.n > 1) out[n++] = '.';
    for (u32 i = 1; i < d.n; i++) out[n++] = d.d[i];
    out[n++] = 'e';
    out[n++] = exp10 < 0 ? '-' : '+';
    const u32 e = static_cast<u32>(exp10 < 0 ? -exp10 : exp10);
    if (e < 10) out[n++] = '0';
    return n + format_u64(out + n, e);
  }
  for (i32 i = min(d.point - 1, 0); i < max(len, d.point); i++) {
    if (i == d.point) out[n++] = '.';
    out[n++] = i >= 0 && i < len ? d.d[i] : '0';
  }
  return n;
}

template <class Bits>
usize format_bits(char* out, Bits bits, u32 fraction_bits, i32 bias) {
  constexpr u32 kBits = sizeof(Bits) * 8;
  const bool negative = bits >> (kBits - 1) != 0;
  const u32 all_ones = (u32{1} << (kBits - 1 - fraction_bits)) - 1;
  const u32 field = static_cast<u32>(bits >> fraction_bits) & all_ones;
  u64 fraction = bits & ((Bits{1} << fraction_bits) - 1);
  if (field == all_ones) return put_literal(out, fraction != 0 ? Str("NaN") : negative ? Str("-Inf") : Str("+Inf"));
  const i32 least = 1 - bias - static_cast<i32>(fraction_bits);
  if (field != 0) fraction |= u64{1} << fraction_bits;
  return format_parts(out, negative,
                      {fraction, least + (field != 0 ? static_cast<i32>(field) - 1 : 0), least, fraction_bits});
}
}  // namespace

usize format_float(char* out, double v) { return format_bits(out, __builtin_bit_cast(u64, v), 52, 1023); }
usize format_float32(char* out, double v) {
  return format_bits(out, __builtin_bit_cast(u32, static_cast<float>(v)), 23, 127);
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
  const char sign = s.empty() ? '\0' : s[0];
  const bool negative = sign == '-';
  if (negative || sign == '+') s = s.sub(1);
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
