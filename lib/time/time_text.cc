// The text of a Time, of UTC. Go: time/format.go.
#include "base/format.h"
#include "rt0/time.h"
#include "sched/gmp.h"

namespace rt0 {

namespace {

constexpr i64 kDay = 86400;
constexpr i64 kDays400 = 146097, kDays100 = 36524, kDays4 = 1461, kDaysYear = 365;  // of as many years, from year 1 on

void put_padded(Out& out, u64 v, u32 digits) {
  u64 limit = 10;
  for (u32 i = 1; i < digits; i++, limit *= 10)  // a zero for each digit that v lacks
    if (v < limit) out.put('0');
  out.put_u64(v);
}

i64 floor_div(i64 a, i64 b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

time::TimeText Time::str() const {
  time::TimeText t;
  Out out{t.text, sizeof(t.text)};
  const i64 days = floor_div(sec_, kDay);
  const i64 in_day = sec_ - days * kDay;
  // Years are counted in groups that begin after a leap year, so a group's last year is its longest.
  const i64 n400 = floor_div(days, kDays400);
  i64 d = days - n400 * kDays400;
  const i64 n100 = min<i64>(d / kDays100, 3);
  d -= n100 * kDays100;
  const i64 n4 = d / kDays4;
  d -= n4 * kDays4;
  const i64 n1 = min<i64>(d / kDaysYear, 3);
  d -= n1 * kDaysYear;
  const bool leap = n1 == 3 && (n4 != 24 || n100 == 3);
  const i64 year = 400 * n400 + 100 * n100 + 4 * n4 + n1 + 1;
  u32 month = 1;
  for (;; month++) {
    const i64 len = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    if (d < len) break;
    d -= len;
  }
  if (year < 0) out.put('-');
  put_padded(out, static_cast<u64>(year < 0 ? -year : year), 4);
  out.put('-');
  put_padded(out, month, 2);
  out.put('-');
  put_padded(out, static_cast<u64>(d) + 1, 2);
  out.put(' ');
  put_padded(out, static_cast<u64>(in_day / 3600), 2);
  out.put(':');
  put_padded(out, static_cast<u64>(in_day / 60 % 60), 2);
  out.put(':');
  put_padded(out, static_cast<u64>(in_day % 60), 2);
  if (nsec_ != 0) {
    out.put('.');
    put_padded(out, static_cast<u64>(nsec_), 9);
    while (t.text[out.len - 1] == '0') out.len--;
  }
  out.put(" +0000 UTC");
  if (mono_ != 0) {
    // Go: startNano, one less than the clock at the program's start, so that no time is 0.
    const i64 since_start = static_cast<i64>(static_cast<u64>(mono_) - static_cast<u64>(runtimeInitTime) + 1);
    const u64 m = since_start < 0 ? 0 - static_cast<u64>(since_start) : static_cast<u64>(since_start);
    out.put(" m=");
    out.put(since_start < 0 ? '-' : '+');
    out.put_u64(m / 1000000000);
    out.put('.');
    put_padded(out, m % 1000000000, 9);
  }
  t.length = static_cast<u8>(out.len);
  return t;
}

}  // namespace rt0
