// The calendar of Go's package time: dates, zones, times as text and back.
//
//   fmt::println(time::now().format(time::RFC3339));            // 2026-11-28T05:15:31Z
//   auto [t, err] = time::parse(time::DateOnly, "2026-02-30");
//   if (err) fmt::println(err);            // parsing time "2026-02-30": day out of range
//
// Zones have a fixed offset. Zone files are not read: where Go takes the local zone, rt0 takes UTC.
#pragma once

#include "rt0/error.h"
#include "rt0/text.h"
#include "rt0/time.h"

namespace rt0::time {

using errors::Result;

// Layouts for format() and parse().
inline constexpr const char* Layout = "01/02 03:04:05PM '06 -0700";
inline constexpr const char* ANSIC = "Mon Jan _2 15:04:05 2006";
inline constexpr const char* UnixDate = "Mon Jan _2 15:04:05 MST 2006";
inline constexpr const char* RubyDate = "Mon Jan 02 15:04:05 -0700 2006";
inline constexpr const char* RFC822 = "02 Jan 06 15:04 MST";
inline constexpr const char* RFC822Z = "02 Jan 06 15:04 -0700";
inline constexpr const char* RFC850 = "Monday, 02-Jan-06 15:04:05 MST";
inline constexpr const char* RFC1123 = "Mon, 02 Jan 2006 15:04:05 MST";
inline constexpr const char* RFC1123Z = "Mon, 02 Jan 2006 15:04:05 -0700";
inline constexpr const char* RFC3339 = "2006-01-02T15:04:05Z07:00";
inline constexpr const char* RFC3339Nano = "2006-01-02T15:04:05.999999999Z07:00";
inline constexpr const char* Kitchen = "3:04PM";
inline constexpr const char* Stamp = "Jan _2 15:04:05";
inline constexpr const char* StampMilli = "Jan _2 15:04:05.000";
inline constexpr const char* StampMicro = "Jan _2 15:04:05.000000";
inline constexpr const char* StampNano = "Jan _2 15:04:05.000000000";
inline constexpr const char* DateTime = "2006-01-02 15:04:05";
inline constexpr const char* DateOnly = "2006-01-02";
inline constexpr const char* TimeOnly = "15:04:05";

// A zone. offset: seconds east of UTC. utc is the zone UTC.
struct Zone {
  FixedText<16> name;
  int offset = 0;
};
// Go: time.FixedZone. A name of more than 15 bytes is cut.
inline Zone fixed_zone(StrArg name, int offset) {
  Zone z;
  z.name.put(name);
  z.offset = offset;
  return z;
}

enum class Weekday : int { sunday, monday, tuesday, wednesday, thursday, friday, saturday };
// "January", 1 to 12; "Sunday"; "" for other numbers. Go: Month.String, Weekday.String.
builtin::Text month_name(int month);
builtin::Text weekday_name(Weekday day);

struct Date {
  int64_t year;
  int month, day;  // from 1
};
struct Clock {
  int hour, minute, second;
};
// A week of ISO 8601, 1 to 53, and the year that it belongs to, which may be the one before or after the date's.
struct IsoWeek {
  int64_t year;
  int week;
};

// The moment of that time in the zone. Values beyond their ranges count on: 32 October is 1 November. Go: time.Date.
Time date(int64_t year, int month, int day, int hour, int minute, int second, int64_t nsec, const Zone& zone = utc);
// The moment so many milliseconds, or microseconds, after the beginning of 1970 in UTC. Go: time.UnixMilli, UnixMicro.
Time unix_milli(int64_t msec);
Time unix_micro(int64_t usec);

// The moment that `value`, written as the layout, stands for. What the layout leaves out is 0, or 1 for month and
// day. If the text has a zone, it is in that zone, which is stored in *found, unless found is null. A text without a
// zone is in UTC; with parse_in it is in `zone`. A text whose zone has only a name, as "PST", is in UTC, as in Go on a
// machine whose zone is UTC. Errors have Go's texts and Err::syntax, or Err::range for numbers out of their range.
Result<Time> parse(StrArg layout, StrArg value, Zone* found = nullptr);
Result<Time> parse_in(StrArg layout, StrArg value, const Zone& zone, Zone* found = nullptr);

// Numbers with units: "1h15m30.918s", "-1.5us". Units: ns, us, µs, ms, s, m, h. Any other text, and a number that does
// not fit into a Duration, is Err::syntax.
Result<Duration> parse_duration(StrArg s);

}  // namespace rt0::time
