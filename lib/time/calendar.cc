#include "lib/time/calendar.h"

namespace rt0::time {

constinit const Zone utc{{3, "UTC"}, 0};

namespace {

constexpr i64 kDays400 = 146097, kDays100 = 36524, kDays4 = 1461, kDaysYear = 365;  // in so many years, from year 1 on

i64 floor_div(i64 a, i64 b) { return a / b - (a % b < 0 ? 1 : 0); }

constexpr builtin::Text kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
constexpr builtin::Text kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

// Days from the first day of the year 1 to the first day of `year`.
i64 days_before_year(i64 year) {
  const i64 y = year - 1;
  return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400);
}

// Brings *low into [0, unit): adds the whole units that it contains to *high.
template <class H, class L>
void carry(H* high, L* low, L unit) {
  const L n = static_cast<L>(floor_div(static_cast<i64>(*low), static_cast<i64>(unit)));
  *high = static_cast<H>(*high + static_cast<H>(n));
  *low -= n * unit;
}

// The time since the year 1, modulo d. The seconds do not fit into 64 bits as nanoseconds, so they are multiplied bit
// by bit, and each sum is reduced.
u64 since_multiple(Time t, Duration d) {
  const u64 m = static_cast<u64>(d.count);
  const i64 sec = t.unix() + kUnixSeconds;
  u64 base = static_cast<u64>(sec - floor_div(sec, d.count) * d.count);
  u64 r = static_cast<u64>(t.nanosecond()) % m;
  for (u64 factor = 1000000000; factor != 0; factor >>= 1) {
    if (factor & 1) r = (r + base) % m;
    base = (base + base) % m;  // m < 2^63: no overflow
  }
  return r;
}

}  // namespace

builtin::Text month_name(int month) { return month >= 1 && month <= 12 ? kMonths[month - 1] : builtin::Text(""); }
builtin::Text weekday_name(Weekday day) {
  const int i = static_cast<int>(day);
  return i >= 0 && i < 7 ? kDays[i] : builtin::Text("");
}

int days_before(int month, bool leap_year) {
  constexpr u16 kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  return kBefore[month - 1] + (month > 2 && leap_year ? 1 : 0);
}

Shown shown(Time t, const Zone& zone) {
  const i64 sec = t.unix() + kUnixSeconds + zone.offset;
  const i64 days = floor_div(sec, kDaySeconds), in_day = sec - days * kDaySeconds;
  // Years are counted in groups that begin after a leap year, so a group's last year is its longest.
  const i64 n400 = floor_div(days, kDays400);
  i64 d = days - n400 * kDays400;
  const i64 n100 = min<i64>(d / kDays100, 3);
  d -= n100 * kDays100;
  const i64 n4 = d / kDays4;
  d -= n4 * kDays4;
  const i64 n1 = min<i64>(d / kDaysYear, 3);
  d -= n1 * kDaysYear;
  Shown s;
  s.date.year = 400 * n400 + 100 * n100 + 4 * n4 + n1 + 1;
  s.year_day = static_cast<int>(d) + 1;
  const bool leap_year = leap(s.date.year);
  s.date.month = 1;
  while (d >= days_before(s.date.month + 1, leap_year)) s.date.month++;
  s.date.day = static_cast<int>(d) - days_before(s.date.month, leap_year) + 1;
  s.clock = {static_cast<int>(in_day / 3600), static_cast<int>(in_day / 60 % 60), static_cast<int>(in_day % 60)};
  s.weekday = static_cast<Weekday>(days + 1 - floor_div(days + 1, 7) * 7);  // the first day was a Monday
  return s;
}

Date Time::date(const Zone& zone) const { return shown(*this, zone).date; }
Clock Time::clock(const Zone& zone) const { return shown(*this, zone).clock; }
Weekday Time::weekday(const Zone& zone) const { return shown(*this, zone).weekday; }
int Time::year_day(const Zone& zone) const { return shown(*this, zone).year_day; }

// A week belongs to the year in which its Thursday lies.
IsoWeek Time::iso_week(const Zone& zone) const {
  const int day = static_cast<int>(weekday(zone));
  const Time thursday = add({(4 - (day == 0 ? 7 : day)) * kDaySeconds * 1000000000});
  const Shown s = shown(thursday, zone);
  return {s.date.year, (s.year_day - 1) / 7 + 1};
}

Time date(int64_t year, int month, int day, int hour, int minute, int second, int64_t nsec, const Zone& zone) {
  i64 m = i64{month} - 1, days = day, h = hour, min = minute, s = second;
  carry(&year, &m, i64{12});
  carry(&s, &nsec, i64{1000000000});
  carry(&min, &s, i64{60});
  carry(&h, &min, i64{60});
  carry(&days, &h, i64{24});
  const i64 all = days_before_year(year) + days_before(static_cast<int>(m) + 1, leap(year)) + days - 1;
  const u64 sec = static_cast<u64>(all) * static_cast<u64>(kDaySeconds) + static_cast<u64>(h * 3600 + min * 60 + s);
  return Time::from_unix(static_cast<i64>(sec - static_cast<u64>(kUnixSeconds) - static_cast<u64>(i64{zone.offset})),
                         nsec);
}

Time unix_milli(int64_t msec) { return Time::from_unix(msec / 1000, msec % 1000 * 1000000); }
Time unix_micro(int64_t usec) { return Time::from_unix(usec / 1000000, usec % 1000000 * 1000); }

Time Time::add_date(int years, int months, int days, const Zone& zone) const {
  const Shown s = shown(*this, zone);
  // Not in an int, which they might exceed.
  i64 year = s.date.year + years, month = i64{s.date.month} - 1 + months;
  carry(&year, &month, i64{12});
  const Time first =
      time::date(year, static_cast<int>(month) + 1, 1, s.clock.hour, s.clock.minute, s.clock.second, nsec_, zone);
  return from_unix(first.unix() + (i64{s.date.day} - 1 + days) * kDaySeconds, nsec_);
}

Time Time::truncate(Duration d) const {
  const Time t = strip_monotonic();
  return d.count <= 0 ? t : t.add({-static_cast<i64>(since_multiple(t, d))});
}

Time Time::round(Duration d) const {
  const Time t = strip_monotonic();
  if (d.count <= 0) return t;
  const u64 r = since_multiple(t, d);
  return t.add({r + r < static_cast<u64>(d.count) ? -static_cast<i64>(r) : d.count - static_cast<i64>(r)});
}

}  // namespace rt0::time
