// Text to durations. Go: ParseDuration in time/format.go.
#include "lib/text/error.h"
#include "lib/time/parse.h"
#include "rt0/date.h"

namespace rt0::time {

namespace {

using errors::Err;

constexpr u64 kLimit = u64{1} << 63;

struct Unit {
  Str name;
  u64 ns;
};
// Micro has two letters in Unicode: U+00B5, the sign, and U+03BC, the Greek letter.
constexpr Unit kUnits[] = {{"ns", 1},       {"us", 1000},      {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000},
                           {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Result<Duration> failed(StrArg why, StrArg s, Str unit = {}) {
  builtin::String t("time: ");
  t.append(why);
  if (!unit.empty()) put_quoted(t, unit).append(" in duration");
  put_quoted(t.push(' '), {s.ptr, s.len});
  Result<Duration> out;
  rt0::detail::ErrorMaker(out.err).reason({t.data(), t.size()}, Err::syntax);
  return out;
}

// fraction / scale of a unit, computed in doubles as Go does. Each step is rounded to a double, also where the CPU
// computes with more digits.
u64 part_of(u64 fraction, double scale, u64 unit) {
  const volatile double f = static_cast<double>(fraction);
  const volatile double one = static_cast<double>(unit) / scale;
  const volatile double v = f * one;
  return static_cast<u64>(v);
}

}  // namespace

Result<Duration> parse_duration(StrArg s) {
  Str rest{s.ptr, s.len};
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest = rest.sub(1);
  if (rest == Str("0")) return {};
  if (rest.empty()) return failed("invalid duration", s);
  u64 sum = 0;
  while (!rest.empty()) {
    u64 whole = 0, fraction = 0;
    double scale = 1;
    bool digits = false;
    for (; !rest.empty() && is_digit(rest[0]); rest = rest.sub(1), digits = true) {
      if (whole > kLimit / 10) return failed("invalid duration", s);
      whole = whole * 10 + static_cast<u64>(rest[0] - '0');
      if (whole > kLimit) return failed("invalid duration", s);
    }
    if (!rest.empty() && rest[0] == '.') {
      rest = rest.sub(1);
      bool full = false;  // further digits would change nothing
      for (; !rest.empty() && is_digit(rest[0]); rest = rest.sub(1), digits = true) {
        full = full || fraction > (kLimit - 1) / 10 || fraction * 10 + static_cast<u64>(rest[0] - '0') > kLimit;
        if (full) continue;
        fraction = fraction * 10 + static_cast<u64>(rest[0] - '0');
        scale *= 10;
      }
    }
    if (!digits) return failed("invalid duration", s);
    usize n = 0;
    while (n < rest.len && rest[n] != '.' && !is_digit(rest[n])) n++;
    if (n == 0) return failed("missing unit in duration", s);
    u64 unit = 0;
    for (const Unit& u : kUnits)
      if (rest.sub(0, n) == u.name) unit = u.ns;
    if (unit == 0) return failed("unknown unit ", s, rest.sub(0, n));
    rest = rest.sub(n);
    if (whole > kLimit / unit) return failed("invalid duration", s);
    u64 v = whole * unit;
    if (fraction > 0) v += part_of(fraction, scale, unit);
    if (v > kLimit || sum + v > kLimit) return failed("invalid duration", s);
    sum += v;
  }
  if (sum == kLimit && !negative) return failed("invalid duration", s);
  return {{static_cast<i64>(negative ? 0 - sum : sum)}, {}};
}

}  // namespace rt0::time
