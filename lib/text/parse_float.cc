// Text to floating-point numbers, exactly: the text is a quotient of two natural numbers. A long division computes its
// first 64 bits, and whether there is a rest; that decides how the quotient is rounded to the bits of the result. Go:
// internal/strconv/atof.go, with other algorithms and the same results. Differs: Go 1.26 reads numbers of more than 800
// digits before the point as if they had 800.
#include "lib/text/big.h"
#include "lib/text/strconv.h"

namespace rt0::strconv {

namespace {

struct Format {
  i32 fraction_bits, bias;
};
constexpr Format kDouble{52, 1023}, kFloat{23, 127};

// Digits that decide how a number is rounded: no number halfway between two doubles has more than 767. Of the digits
// after these it only matters whether one is not 0.
constexpr u32 kMostDigits = 800;
constexpr i32 kFar = 10000;  // further digits of an exponent that has reached this are not read, as in Go

// What a text says: digits times base^-(digits behind the point), times 10^exponent, or 2^exponent if hex.
struct Parsed {
  bool ok = false, negative = false, hex = false;
  u32 n = 0;
  i32 exponent = 0;   // of the last digit
  bool more = false;  // digits that are not 0 have been left out
  char digits[kMostDigits];
};

// Reads digits, a point and underscores from s[i] on.
bool read_digits(Str s, usize* at, bool hex, bool* underscores, Parsed* p) {
  usize i = *at;
  bool point = false, some = false;
  for (; i < s.len; i++) {
    const char c = s[i];
    if (c == '_') {
      *underscores = true;
      continue;
    }
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c) && !(hex && lower(c) >= 'a' && lower(c) <= 'f')) break;
    some = true;
    const bool leading = p->n == 0 && c == '0';
    if (!leading && p->n < kMostDigits) {
      p->digits[p->n++] = static_cast<char>(is_digit(c) ? c - '0' : lower(c) - 'a' + 10);
      if (point) p->exponent--;
    } else {
      if (!leading && c != '0') p->more = true;
      if (leading ? point : !point) p->exponent += leading ? -1 : 1;
    }
  }
  *at = i;
  return some;
}

Parsed read_number(Str s) {
  Parsed p;
  usize i = 0;
  if (i < s.len && (s[i] == '+' || s[i] == '-')) p.negative = s[i++] == '-';
  if (i + 2 < s.len && s[i] == '0' && lower(s[i + 1]) == 'x') {
    p.hex = true;
    i += 2;
  }
  bool underscores = false;
  if (!read_digits(s, &i, p.hex, &underscores, &p)) return p;
  if (p.hex) p.exponent *= 4;
  if (i < s.len && lower(s[i]) == (p.hex ? 'p' : 'e')) {
    i++;
    const bool down = i < s.len && s[i] == '-';
    if (i < s.len && (s[i] == '+' || s[i] == '-')) i++;
    if (i >= s.len || !is_digit(s[i])) return p;
    i32 e = 0;
    for (; i < s.len && (is_digit(s[i]) || s[i] == '_'); i++) {
      if (s[i] == '_') underscores = true;
      else if (e < kFar) e = e * 10 + (s[i] - '0');
    }
    p.exponent += down ? -e : e;
  } else if (p.hex) {
    return p;  // a hexadecimal number has an exponent, always
  }
  p.ok = i == s.len && (!underscores || underscores_ok(s));
  return p;
}

// A positive number: m * 2^exponent with the highest bit of m set, and something smaller than its lowest bit if `more`.
struct Binary {
  u64 m;
  i32 exponent;
  bool more;
};

Binary from_hex(const Parsed& p) {
  Binary b{0, p.exponent, p.more};
  for (u32 i = 0; i < p.n; i++) {
    if (b.m >> 60 == 0) {
      b.m = b.m << 4 | static_cast<u64>(p.digits[i]);
    } else {
      b.exponent += 4;
      if (p.digits[i] != 0) b.more = true;
    }
  }
  const int up = __builtin_clzll(b.m);
  b.m <<= up;
  b.exponent -= up;
  return b;
}

Binary from_decimal(const Parsed& p) {
  BigNat above(0), below(1);
  for (u32 i = 0; i < p.n; i++) {
    if (above.n == 0) above = BigNat(static_cast<u64>(p.digits[i]));
    else above.mul_add(10, static_cast<u32>(p.digits[i]));
  }
  if (p.exponent >= 0) above.mul_power10(static_cast<u32>(p.exponent));
  else below.mul_power10(static_cast<u32>(-p.exponent));
  i32 e = above.bits() - below.bits();
  if (e > 0) below.shift_left(static_cast<u32>(e));
  else above.shift_left(static_cast<u32>(-e));
  if (above.compare(below) < 0) {
    above.shift_left(1);
    e--;
  }
  // Now 1 <= above/below < 2; its bits follow.
  u64 m = 0;
  for (u32 i = 0; i < 64; i++) {
    m <<= 1;
    if (above.compare(below) >= 0) {
      above.sub(below);
      m |= 1;
    }
    above.shift_left(1);
  }
  return {m, e - 63, above.n != 0 || p.more};
}

// The bits of the nearest number of the format; halfway between two, of the even one; of infinity if b is too large.
u64 rounded(const Binary& b, const Format& f) {
  const u64 infinity = static_cast<u64>(2 * f.bias + 1) << f.fraction_bits;
  const i32 top = b.exponent + 63, least = 1 - f.bias;
  if (top > f.bias) return infinity;
  const i32 keep = f.fraction_bits + 1 - (top < least ? least - top : 0);  // so many bits of b.m
  if (keep < 0) return 0;
  const i32 drop = 64 - keep;
  u64 q = drop == 64 ? 0 : b.m >> drop;
  const u64 half = u64{1} << (drop - 1), rest = b.m & (half | (half - 1));
  if (rest > half || (rest == half && (b.more || q % 2 != 0))) q++;
  // The carry of a fraction of ones goes into the exponent, as it must: from the smallest numbers to the normal ones,
  // and up to infinity.
  if (top < least) return q;
  return (static_cast<u64>(top - least) << f.fraction_bits) + q;
}

bool same_word(Str s, Str word) {
  if (s.len != word.len) return false;
  for (usize i = 0; i < s.len; i++)
    if (s[i] != word[i] && !(s[i] >= 'A' && s[i] <= 'Z' && lower(s[i]) == word[i])) return false;
  return true;
}

}  // namespace

Result<double> parse_float(StrArg s, int bit_size) {
  const Str number{s.ptr, s.len};
  const Str name = !number.empty() && (number[0] == '+' || number[0] == '-') ? number.sub(1) : number;
  const double sign = !number.empty() && number[0] == '-' ? -1 : 1;
  if (same_word(name, "inf") || same_word(name, "infinity")) return {sign * __builtin_inf(), {}};
  if (same_word(number, "nan")) return {__builtin_bit_cast(double, u64{0x7ff8000000000001}), {}};

  const Parsed p = read_number(number);
  if (!p.ok) return {0, num_error("ParseFloat", s, Err::syntax)};
  const Format& f = bit_size == 32 ? kFloat : kDouble;
  const u64 infinity = static_cast<u64>(2 * f.bias + 1) << f.fraction_bits;
  const i32 size = static_cast<i32>(p.n) + p.exponent;  // a decimal number is less than 10^size, and at least a tenth
  u64 bits = 0;
  if (p.n == 0) bits = 0;
  else if (p.hex) bits = rounded(from_hex(p), f);
  else if (size > 310) bits = infinity;
  else if (size >= -330) bits = rounded(from_decimal(p), f);
  Result<double> out;
  if (bit_size == 32) out.value = static_cast<double>(__builtin_bit_cast(float, static_cast<u32>(bits)));
  else out.value = __builtin_bit_cast(double, bits);
  if (p.negative) out.value = -out.value;
  if (bits == infinity) out.err = num_error("ParseFloat", s, Err::range);
  return out;
}

}  // namespace rt0::strconv
