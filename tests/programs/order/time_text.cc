// env: GOMAXPROCS=1 TZ=UTC
// Times as text and back, durations, the calendar
#include <rt0/rt0.h>

namespace fmt = rt0::fmt;
namespace strconv = rt0::strconv;
namespace time = rt0::time;
using rt0::StrArg;
using rt0::builtin::String;
using time::Time;
using time::Zone;

namespace {

const StrArg layouts[] = {time::Layout,
                          time::ANSIC,
                          time::UnixDate,
                          time::RubyDate,
                          time::RFC822,
                          time::RFC822Z,
                          time::RFC850,
                          time::RFC1123,
                          time::RFC1123Z,
                          time::RFC3339,
                          time::RFC3339Nano,
                          time::Kitchen,
                          time::Stamp,
                          time::StampMilli,
                          time::StampMicro,
                          time::StampNano,
                          time::DateTime,
                          time::DateOnly,
                          time::TimeOnly,
                          "",
                          "plain text",
                          "January Jan Janet Monday Mon Month MST",
                          "1 01 2 _2 02 __2 002 3 03 15 4 04 5 05 06 2006 _2006 PM pm",
                          "-07 -0700 -07:00 -070000 -07:00:00 Z07 Z0700 Z07:00 Z070000 Z07:00:00",
                          "5.0 5.00 5.999 5,000 5.9 5.0000000000000 5.99999999999 .01 .9x .x",
                          "20060102T150405",
                          "2006-002"};

const Zone zones[] = {time::utc,
                      time::fixed_zone("EST", -5 * 3600),
                      time::fixed_zone("", 5 * 3600 + 1800),
                      time::fixed_zone("LMT", -1234),
                      time::fixed_zone("X", 30),
                      time::fixed_zone("", -30)};

void formats() {
  const Time times[] = {Time(),
                        Time::from_unix(0, 0),
                        Time::from_unix(1700000000, 123456789),
                        Time::from_unix(1709164800, 120000000),
                        Time::from_unix(-1, 999999999),
                        time::date(2024, 12, 31, 12, 0, 0, 0),
                        time::date(-5, 2, 28, 0, 59, 59, 1000),
                        time::date(12345, 7, 4, 13, 5, 9, 5)};
  for (const Time& t : times)
    for (const Zone& z : zones) {
      String line;
      for (const StrArg l : layouts) line.append(t.format(l, z)).push('|');
      rt0::os::stdout_().write(line);
      const time::Date d = t.date(z);
      const time::Clock c = t.clock(z);
      const time::IsoWeek w = t.iso_week(z);
      fmt::println(d.year, time::month_name(d.month), d.day, c.hour, c.minute, c.second,
                   time::weekday_name(t.weekday(z)), t.year_day(z), w.year, w.week);
    }
}

void parses() {
  const StrArg rows[][2] = {{time::RFC3339, "2006-01-02T15:04:05Z"},
                            {time::RFC3339, "2006-01-02T15:04:05+07:00"},
                            {time::RFC3339, "2006-01-02T15:04:05.123456789-03:30"},
                            {time::RFC3339, "2006-01-02T15:04:05.1Z"},
                            {time::RFC3339, "2006-01-02 15:04:05Z"},
                            {time::RFC3339, "2006-13-02T15:04:05Z"},
                            {time::RFC3339, "2006-02-30T15:04:05Z"},
                            {time::RFC3339, "2006-01-02T24:04:05Z"},
                            {time::RFC3339, "2006-01-02T15:60:05Z"},
                            {time::RFC3339, "2006-01-02T15:04:60Z"},
                            {time::RFC3339, "2006-01-02T15:04:05"},
                            {time::RFC3339, "2006-01-02T15:04:05Z extra"},
                            {time::RFC3339, "2006-01-02T15:04:05+25:00"},
                            {time::RFC3339, "2006-01-02T15:04:05+07:61"},
                            {time::RFC3339, "2006-01-02T15:04:05*07:00"},
                            {time::RFC3339, "2006-01-02T15:04:05+0700"},
                            {time::RFC3339, ""},
                            {time::RFC3339, "x\u00e9\"\\\n"},
                            {time::RFC3339, "2006-01-02T5:04:05Z"},
                            {time::RFC3339Nano, "2006-01-02T15:04:05.000000001Z"},
                            {time::RFC3339Nano, "2006-01-02T15:04:05.1234567891234Z"},
                            {time::RFC3339Nano, "2006-01-02T15:04:05Z"},
                            {time::ANSIC, "Mon Jan  2 15:04:05 2006"},
                            {time::ANSIC, "Mon Jan 12 15:04:05 2006"},
                            {time::ANSIC, "mon JAN  2 15:04:05 2006"},
                            {time::ANSIC, "Foo Jan  2 15:04:05 2006"},
                            {time::ANSIC, "Mon Jax  2 15:04:05 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 UTC 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 PST 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 GMT-8 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 GMT 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 +03 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 ABCDE 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 ABCDT 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 pst 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 ChST 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 WITA 2006"},
                            {time::UnixDate, "Mon Jan  2 15:04:05 GMT+24 2006"},
                            {time::RubyDate, "Mon Jan 02 15:04:05 -0700 2006"},
                            {time::RFC822, "02 Jan 06 15:04 MST"},
                            {time::RFC822Z, "02 Jan 69 15:04 +0000"},
                            {time::RFC850, "Monday, 02-Jan-06 15:04:05 MST"},
                            {time::RFC1123, "Mon, 02 Jan 2006 15:04:05 MST"},
                            {time::RFC1123Z, "Mon, 02 Jan 2006 15:04:05 +0130"},
                            {time::Kitchen, "3:04PM"},
                            {time::Kitchen, "12:04AM"},
                            {time::Kitchen, "12:04PM"},
                            {time::Kitchen, "13:04PM"},
                            {time::Kitchen, "3:04pm"},
                            {time::Kitchen, "3:04"},
                            {"3:04pm", "11:59pm"},
                            {"3:04pm", "11:59xm"},
                            {time::StampMilli, "Jan  2 15:04:05.123"},
                            {time::StampMilli, "Jan  2 15:04:05.12"},
                            {time::StampMilli, "Jan  2 15:04:05.1234"},
                            {time::StampMilli, "Jan  2 15:04:05.12x"},
                            {time::StampMilli, "Jan  2 15:04:05,123"},
                            {time::DateTime, "2006-01-02 15:04:05"},
                            {time::DateOnly, "2024-02-29"},
                            {time::DateOnly, "2023-02-29"},
                            {time::DateOnly, "2023-00-10"},
                            {time::DateOnly, "2023-01-00"},
                            {time::DateOnly, "23-01-01"},
                            {time::DateOnly, "abcd-01-01"},
                            {time::TimeOnly, "23:59:59"},
                            {time::TimeOnly, "3:5:7"},
                            {"2006-002", "2024-060"},
                            {"2006-002", "2024-366"},
                            {"2006-002", "2023-366"},
                            {"2006-002", "2023-000"},
                            {"2006-002", "2023-60"},
                            {"2006 __2", "2023  60"},
                            {"2006 __2", "2023   6"},
                            {"2006-002 Jan", "2023-060 Mar"},
                            {"2006-002 Jan", "2023-060 Feb"},
                            {"2006-002 2", "2023-060 1"},
                            {"2006-002 2", "2023-060 2"},
                            {"January 2, 2006", "february 29, 2024"},
                            {"January 2, 2006", "May 3, 2024"},
                            {"Jan 2 2006", "Feb 3   2024"},
                            {"Jan 2 2006", "Feb 3"},
                            {"-07:00:00", "+01:02:03"},
                            {"Z07", "Z"},
                            {"Z07", "-03"},
                            {"Z070000", "+010203"},
                            {"-07", "+0x"},
                            {"-07", "x03"},
                            {"5.000", "7.125"},
                            {"5.999", "7.125"},
                            {"5.999", "7"},
                            {"5", "7.5"},
                            {"5.0", "7"},
                            {"plain", "plain"},
                            {"plain", "plaid"},
                            {"", ""},
                            {"", "x"},
                            {"01", "1"},
                            {"1", "1"},
                            {"1", "13"},
                            {"06", "6x"},
                            {time::RFC3339, "2024-02-29T12:30:45.999999999+00:00"},
                            {"2006-01-02 15:04:05 -0700 MST", "2024-05-06 07:08:09 -0500 EST"},
                            {"2006-01-02 15:04:05 -0700 MST", "2024-05-06 07:08:09 +0000 UTC"}};
  for (const auto& r : rows) {
    Zone z = time::utc;
    const auto t = time::parse(r[0], r[1], &z);
    fmt::println(t.value.unix(), t.value.nanosecond(), z.name, z.offset, t.err);
  }
  Zone z;
  const auto t = time::parse_in(time::DateTime, "2024-05-06 07:08:09", zones[1], &z);
  fmt::println(t.value.unix(), z.name, z.offset, t.err);
}

void durations() {
  const StrArg texts[] = {"0",
                          "5s",
                          "30s",
                          "1478s",
                          "-5s",
                          "+5s",
                          "-0",
                          "+0",
                          "5.0s",
                          "5.6s",
                          "5.s",
                          ".5s",
                          "1.0s",
                          "1.00s",
                          "1.004s",
                          "1.0040s",
                          "100.00100s",
                          "10ns",
                          "11us",
                          "12\u00b5s",
                          "12\u03bcs",
                          "13ms",
                          "14s",
                          "15m",
                          "16h",
                          "3h30m",
                          "10.5s4m",
                          "-2m3.4s",
                          "1h2m3s4ms5us6ns",
                          "39h9m14.425s",
                          "52763797000ns",
                          "0.3333333333333333333h",
                          "9007199254740993ns",
                          "9223372036854775807ns",
                          "9223372036854775.807us",
                          "9223372036s854ms775us807ns",
                          "-9223372036854775808ns",
                          "-9223372036854775.808us",
                          "0.100000000000000000000h",
                          "0.830103483285477580700h",
                          "",
                          "3",
                          "-",
                          "s",
                          ".",
                          "-.",
                          ".s",
                          "+.s",
                          "1d",
                          "\x85\x85",
                          "\xff"
                          "ff",
                          "hello \xff"
                          "ff world",
                          "9223372036854775810ns",
                          "9223372036854775808ns",
                          "-9223372036854775809ns",
                          "9223372036854776us",
                          "3000000h",
                          "9223372036854775.808us",
                          "0.5000000000000005h",
                          "1.123456789012345678h",
                          "0.7h",
                          "0.1h",
                          "2562047.788015215h",
                          "1s ",
                          " 1s",
                          "1S",
                          "1..5s",
                          "1.5.s"};
  for (const StrArg s : texts) {
    const auto d = time::parse_duration(s);
    fmt::println(d.value.str(), d.value.count, d.err);
  }
}

void rounded() {
  const Time times[] = {time::date(2024, 1, 31, 23, 59, 59, 999999999),
                        Time(),
                        Time::from_unix(0, 1),
                        Time::from_unix(-1234567890, 5),
                        time::date(-3, 3, 4, 5, 6, 7, 8),
                        Time::from_unix(int64_t{1} << 40, 999999999)};
  const time::Duration durations[] = {{-1},
                                      {0},
                                      {1},
                                      {3},
                                      {1000},
                                      {999999937},
                                      time::seconds(1),
                                      time::minutes(1) + time::ns(7),
                                      time::hours(1),
                                      time::hours(24),
                                      time::hours(7 * 24),
                                      {INT64_MAX}};
  for (const Time& t : times) {
    String line;
    for (const time::Duration d : durations) {
      const Time u = t.truncate(d), v = t.round(d);
      strconv::append_int(line, u.unix(), 10).push(' ');
      strconv::append_int(line, u.nanosecond(), 10).push(' ');
      strconv::append_int(line, v.unix(), 10).push(' ');
      strconv::append_int(line, v.nanosecond(), 10).append(", ");
    }
    fmt::println(line);
  }
}

void arithmetic() {
  const Time base = time::date(2024, 1, 31, 23, 59, 59, 999999999);
  constexpr int kAdds[][3] = {{0, 1, 0},  {1, 1, 0},   {0, -2, 0},   {0, 0, 30},       {-4, 1, -1},
                              {0, 13, 1}, {100, 0, 0}, {0, 0, -400}, {-3000, 25, 5000}};
  for (const auto& a : kAdds)
    fmt::println(base.add_date(a[0], a[1], a[2]).format(time::RFC3339Nano),
                 base.add_date(a[0], a[1], a[2], zones[1]).format(time::RFC3339, zones[1]));
  constexpr int kDates[][7] = {{2024, 14, 35, 25, 61, 61, 1000000005},
                               {2024, -3, -5, -1, -1, -1, -1},
                               {0, 0, 0, 0, 0, 0, 0},
                               {1, 1, 1, 0, 0, 0, 0},
                               {-1, 12, 31, 24, 0, 0, 0},
                               {1970, 1, 1, 0, 0, 1000000000, 0}};
  for (const auto& d : kDates) {
    const Time t = time::date(d[0], d[1], d[2], d[3], d[4], d[5], d[6]);
    const Time u = time::date(d[0], d[1], d[2], d[3], d[4], d[5], d[6], zones[2]);
    fmt::println(t.unix(), t.nanosecond(), u.unix(), t.format(time::RFC3339Nano));
  }
  rounded();
  fmt::println(time::unix_milli(1700000000123).format(time::RFC3339Nano),
               time::unix_micro(-1).format(time::RFC3339Nano), time::unix_milli(-1500).unix_milli());
  const Time day = time::date(2019, 12, 20, 0, 0, 0, 0);
  String line;
  for (int i = 0; i < 40; i++) {
    const time::IsoWeek w = day.add_date(i / 20 * 4, 0, i).iso_week();
    strconv::append_int(line, w.year, 10).push(' ');
    strconv::append_int(line, w.week, 10).push(' ');
  }
  fmt::println(line);
}

}  // namespace

int main() {
  formats();
  parses();
  durations();
  arithmetic();
}
