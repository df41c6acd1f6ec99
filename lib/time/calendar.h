// The calendar: days and dates. Go: time/time.go.
#pragma once

#include "base/types.h"
#include "rt0/date.h"

namespace rt0::time {

inline constexpr i64 kDaySeconds = 86400;
inline constexpr i64 kUnixSeconds = 62135596800;  // 1970 as seconds since the year 1

inline bool leap(i64 year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
// The days of the year before the month, 1 to 13.
int days_before(int month, bool leap_year);
inline int days_in(int month, i64 year) { return days_before(month + 1, leap(year)) - days_before(month, leap(year)); }
// The date and the time of day of the moment t, as clocks in the zone show them.
struct Shown {
  Date date;
  Clock clock;
  int year_day;
  Weekday weekday;
};
Shown shown(Time t, const Zone& zone);

}  // namespace rt0::time
