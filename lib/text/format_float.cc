// Floating-point numbers to text. Go: internal/strconv/ftoa.go, with other algorithms and the same results: a given
// number of digits comes from an exact long division, the fewest digits are those of base/format.cc.
#include "base/format.h"
#include "lib/text/big.h"
#include "lib/text/strconv.h"
#include "rt0/panic.h"

namespace rt0::strconv {

namespace {

// A number's fields: fraction * 2^exponent.
struct Fields {
  bool negative;
  u64 fraction;
  i32 exponent;
  i32 fraction_bits;
};

// 0.d1d2d3… * 10^point. No double has more than kMost digits that are not 0.
struct Decimal {
  static constexpr i32 kMost = 770;
  i32 n = 0, point = 0;
  char d[kMost];

  char at(i32 i) const { return i >= 0 && i < n ? d[i] : '0'; }
};

// The fewest digits that are read back as v: those of the runtime's println, which writes them as 1.25e+06 or 0.00125.
void shortest(double v, int bit_size, Decimal* out) {
  char text[kMaxFloat];
  const usize len = bit_size == 32 ? format_float32(text, v) : rt0::format_float(text, v);
  bool point = false;
  for (usize i = 0; i < len; i++) {
    const char c = text[i];
    if (c == 'e') {
      i64 e = 0;
      (void)parse_i64(Str(text + i + (text[i + 1] == '+' ? 2 : 1), len - i - (text[i + 1] == '+' ? 2 : 1)), &e);
      out->point += static_cast<i32>(e);
      break;
    }
    if (c == '.') point = true;
    if (!is_digit(c)) continue;
    if (out->n > 0 || c != '0') {
      out->d[out->n++] = c;
      if (!point) out->point++;
    } else if (point) {
      out->point--;
    }
  }
  while (out->n > 0 && out->d[out->n - 1] == '0') out->n--;
}

void round_up(Decimal* x) {
  while (x->n > 0 && x->d[x->n - 1] == '9') x->n--;
  if (x->n > 0) {
    x->d[x->n - 1]++;
  } else {
    x->d[x->n++] = '1';
    x->point++;
  }
}

// The digits of v, rounded: `digits` of them; if `places` is not negative, so many that there are `places` behind the
// point.
void fixed(const Fields& v, i32 digits, i32 places, Decimal* out) {
  BigNat above(v.fraction), below(1);
  if (v.exponent >= 0) above.shift_left(static_cast<u32>(v.exponent));
  else below.shift_left(static_cast<u32>(-v.exponent));
  // 1292913986 / 2^32 is log10(2), near enough for every exponent; the loops correct an error of one.
  const i32 log2 = 63 - __builtin_clzll(v.fraction) + v.exponent;
  i32 point = static_cast<i32>(i64{log2} * 1292913986 >> 32) + 1;
  if (point >= 0) below.mul_power10(static_cast<u32>(point));
  else above.mul_power10(static_cast<u32>(-point));
  while (above.compare(below) >= 0) below.mul_add(10, 0), point++;
  for (;;) {  // ends: above grows tenfold in each round
    BigNat next = above;
    next.mul_add(10, 0);
    if (next.compare(below) >= 0) break;
    above = next;
    point--;
  }
  out->point = point;
  if (places >= 0) digits = point + places;
  if (digits < 0) return;
  while (out->n < digits && out->n < Decimal::kMost && above.n != 0) {
    above.mul_add(10, 0);
    char digit = '0';
    for (; above.compare(below) >= 0; digit++) above.sub(below);
    out->d[out->n++] = digit;
  }
  above.shift_left(1);
  const int rest = above.compare(below);  // to half a unit of the last digit
  if (rest > 0 || (rest == 0 && out->n > 0 && (out->d[out->n - 1] - '0') % 2 != 0)) round_up(out);
  while (out->n > 0 && out->d[out->n - 1] == '0') out->n--;
}

void put_exponent(String& to, i32 e, i32 digits) {
  to.push(e < 0 ? '-' : '+');
  const NumberText t = itoa(e < 0 ? -e : e);
  for (usize i = t.len; i < static_cast<usize>(digits); i++) to.push('0');
  to.append(t);
}

void put_e(String& to, const Decimal& x, i32 prec, char letter) {
  to.push(x.at(0));
  if (prec > 0) to.push('.');
  for (i32 i = 1; i <= prec; i++) to.push(x.at(i));
  to.push(letter);
  put_exponent(to, x.n == 0 ? 0 : x.point - 1, 2);
}

void put_f(String& to, const Decimal& x, i32 prec) {
  if (x.point <= 0) to.push('0');
  for (i32 i = 0; i < x.point; i++) to.push(x.at(i));
  if (prec > 0) to.push('.');
  for (i32 i = 0; i < prec; i++) to.push(x.at(x.point + i));
}

void put_hex(String& to, const Fields& v, char format, i32 prec) {
  constexpr u64 kOne = u64{1} << 60;  // the digit before the point begins here
  u64 m = v.fraction << (60 - v.fraction_bits);
  i32 e = v.fraction == 0 ? 0 : v.exponent + v.fraction_bits;
  for (; m != 0 && m < kOne; e--) m <<= 1;
  if (prec >= 0 && prec < 15) {
    const u64 unit = kOne >> (4 * prec), rest = m & (unit - 1);
    m -= rest;
    if (rest > unit / 2 || (rest == unit / 2 && (m & unit) != 0)) m += unit;
    if (m >= 2 * kOne) m >>= 1, e++;
  }
  const char* const digits = format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  to.push('0').push(format).push(digits[m >> 60]);
  m <<= 4;
  if (prec > 0 || (prec < 0 && m != 0)) to.push('.');
  for (i32 i = 0; prec < 0 ? m != 0 : i < prec; i++, m <<= 4) to.push(digits[m >> 60]);
  to.push(format == 'X' ? 'P' : 'p');
  put_exponent(to, e, 2);
}

Fields fields_of(u64 bits, i32 fraction_bits, i32 bias, bool* special) {
  const i32 exponent_bits = bias == 127 ? 8 : 11;
  const i32 field = static_cast<i32>(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const u64 hidden = u64{1} << fraction_bits;
  *special = field == (1 << exponent_bits) - 1;
  return {bits >> (fraction_bits + exponent_bits) != 0, (bits & (hidden - 1)) | (field != 0 ? hidden : 0),
          (field != 0 ? field : 1) - bias - fraction_bits, fraction_bits};
}

}  // namespace

String& append_float(String& to, double v, char format, int prec, int bit_size) {
  if (bit_size != 32 && bit_size != 64) panic("strconv: illegal AppendFloat/FormatFloat bitSize");
  bool special;
  const Fields x = bit_size == 32 ? fields_of(__builtin_bit_cast(u32, static_cast<float>(v)), 23, 127, &special)
                                  : fields_of(__builtin_bit_cast(u64, v), 52, 1023, &special);
  if (special) {
    if (x.fraction != u64{1} << x.fraction_bits) return to.append("NaN");
    return to.append(x.negative ? "-Inf" : "+Inf");
  }
  const char lower_format = lower(format);
  const bool known =
      format == 'f' || format == 'b' || lower_format == 'e' || lower_format == 'g' || lower_format == 'x';
  if (!known) return to.push('%').push(format);
  if (x.negative) to.push('-');
  if (format == 'b') {
    append_uint(to, x.fraction, 10).push('p');
    put_exponent(to, x.exponent, 1);
    return to;
  }
  if (lower_format == 'x') {
    put_hex(to, x, format, prec);
    return to;
  }

  Decimal d;
  const bool is_shortest = prec < 0;
  if (lower_format == 'g' && prec == 0) prec = 1;
  if (x.fraction != 0) {
    if (is_shortest) shortest(v, bit_size, &d);
    else if (format == 'f') fixed(x, 0, prec, &d);
    else fixed(x, lower_format == 'e' ? prec + 1 : prec, -1, &d);
  }
  if (is_shortest) prec = lower_format == 'e' ? max(d.n - 1, 0) : format == 'f' ? max(d.n - d.point, 0) : d.n;
  if (lower_format == 'e') {
    put_e(to, d, prec, format);
  } else if (format == 'f') {
    put_f(to, d, prec);
  } else {
    // The exponent from which on 'e' is used: the precision, but no more than the number of digits if these reach the
    // point.
    const i32 limit = is_shortest ? 6 : prec > d.n && d.n >= d.point ? d.n : prec;
    if (d.point - 1 < -4 || d.point - 1 >= limit) put_e(to, d, min(prec, d.n) - 1, format == 'G' ? 'E' : 'e');
    else put_f(to, d, max((prec > d.point ? d.n : prec) - d.point, 0));
  }
  return to;
}

String format_float(double v, char format, int prec, int bit_size) {
  String s;
  append_float(s, v, format, prec, bit_size);
  return s;
}

}  // namespace rt0::strconv
