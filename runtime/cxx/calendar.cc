// C's calendar: struct tm, and its text by strftime in the locale "C". The local zone is UTC, as everywhere in rt0.
// Linked only into programs that use it.
#include "lib/time/calendar.h"

#include "base/format.h"
#include "runtime/cxx/sink.h"

namespace rt0 {

namespace {

// glibc's struct tm.
struct Tm {
  int sec, min, hour, mday, mon, year, wday, yday, isdst;
  long gmtoff;
  const char* zone;
};

constexpr Str kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr Str kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                           "July",    "August",   "September", "October", "November", "December"};

// Puts a number with at least `digits` digits, filled up with `fill`.
void put_number(Sink& out, i64 v, int digits, char fill = '0') {
  char text[kMaxDecimal];
  if (v < 0) out.put('-'), v = -v;
  const usize len = format_u64(text, static_cast<u64>(v));
  out.fill(fill, digits - static_cast<int>(len));
  out.put(Str(text, len));
}

// The name of a day or a month; "?" for a number out of range, as glibc has it.
Str name(const Str* names, int count, int i, bool whole) {
  if (i < 0 || i >= count) return "?";
  return whole ? names[i] : names[i].sub(0, 3);
}

struct IsoYear {
  i64 year;
  int week;
};
// The week of ISO 8601. Thursday decides to which year a week belongs.
IsoYear iso_week(const Tm& t) {
  i64 year = i64{t.year} + 1900;
  const int monday = (t.wday + 6) % 7;
  int thursday = t.yday - monday + 3;  // its day of the year
  if (thursday < 0) {
    year--;
    thursday += 365 + (time::leap(year) ? 1 : 0);
  } else if (thursday >= 365 + (time::leap(year) ? 1 : 0)) {
    thursday -= 365 + (time::leap(year) ? 1 : 0);
    year++;
  }
  return {year, thursday / 7 + 1};
}

i64 seconds_of(const Tm& t) {
  return time::date(i64{t.year} + 1900, t.mon + 1, t.mday, t.hour, t.min, t.sec, 0).unix();
}

void put(Sink& out, const char* f, const Tm& t);

// One conversion. False: it is none, and the text is printed as it stands.
bool one(Sink& out, char c, const Tm& t) {
  const i64 year = i64{t.year} + 1900;
  const int hour = t.hour % 12 == 0 ? 12 : t.hour % 12;
  switch (c) {
    case 'a': out.put(name(kDays, 7, t.wday, false)); break;
    case 'A': out.put(name(kDays, 7, t.wday, true)); break;
    case 'b':
    case 'h': out.put(name(kMonths, 12, t.mon, false)); break;
    case 'B': out.put(name(kMonths, 12, t.mon, true)); break;
    case 'c': put(out, "%a %b %e %H:%M:%S %Y", t); break;
    case 'C': put_number(out, year / 100 - (year % 100 < 0 ? 1 : 0), 2); break;
    case 'd': put_number(out, t.mday, 2); break;
    case 'D':
    case 'x': put(out, "%m/%d/%y", t); break;
    case 'e': put_number(out, t.mday, 2, ' '); break;
    case 'F': put(out, "%Y-%m-%d", t); break;
    case 'g': put_number(out, (iso_week(t).year % 100 + 100) % 100, 2); break;
    case 'G': put_number(out, iso_week(t).year, 1); break;
    case 'H': put_number(out, t.hour, 2); break;
    case 'I': put_number(out, hour, 2); break;
    case 'j': put_number(out, t.yday + 1, 3); break;
    case 'k': put_number(out, t.hour, 2, ' '); break;
    case 'l': put_number(out, hour, 2, ' '); break;
    case 'm': put_number(out, t.mon + 1, 2); break;
    case 'M': put_number(out, t.min, 2); break;
    case 'n': out.put('\n'); break;
    case 'p': out.put(t.hour >= 12 ? Str("PM") : Str("AM")); break;
    case 'P': out.put(t.hour >= 12 ? Str("pm") : Str("am")); break;
    case 'r': put(out, "%I:%M:%S %p", t); break;
    case 'R': put(out, "%H:%M", t); break;
    case 's': put_number(out, seconds_of(t) - t.gmtoff, 1); break;
    case 'S': put_number(out, t.sec, 2); break;
    case 't': out.put('\t'); break;
    case 'T':
    case 'X': put(out, "%H:%M:%S", t); break;
    case 'u': put_number(out, t.wday == 0 ? 7 : t.wday, 1); break;
    case 'U': put_number(out, (t.yday + 7 - t.wday) / 7, 2); break;
    case 'V': put_number(out, iso_week(t).week, 2); break;
    case 'w': put_number(out, t.wday, 1); break;
    case 'W': put_number(out, (t.yday + 7 - (t.wday + 6) % 7) / 7, 2); break;
    case 'y': put_number(out, (year % 100 + 100) % 100, 2); break;
    case 'Y': put_number(out, year, 1); break;
    case 'z': {
      const long minutes = (t.gmtoff < 0 ? -t.gmtoff : t.gmtoff) / 60;
      out.put(t.gmtoff < 0 ? '-' : '+');
      put_number(out, minutes / 60 * 100 + minutes % 60, 4);
      break;
    }
    case 'Z': out.put(cstr(t.zone)); break;
    case '%': out.put('%'); break;
    default: return false;
  }
  return true;
}

void put(Sink& out, const char* f, const Tm& t) {
  for (; *f != '\0'; f++) {
    if (*f != '%') {
      out.put(*f);
      continue;
    }
    // E and O ask for a locale's other forms, which this one does not have.
    const char* const c = f[1] == 'E' || f[1] == 'O' ? f + 2 : f + 1;
    if (*c == '\0' || !one(out, *c, t)) {
      out.put('%');
      continue;
    }
    f = c;
  }
}

constexpr Str kUtc = "UTC";

void fill(Tm* to, i64 seconds) {
  const time::Shown s = time::shown(time::Time::from_unix(seconds, 0), time::utc);
  *to = {.sec = s.clock.second,
         .min = s.clock.minute,
         .hour = s.clock.hour,
         .mday = s.date.day,
         .mon = s.date.month - 1,
         .year = static_cast<int>(s.date.year - 1900),
         .wday = static_cast<int>(s.weekday),
         .yday = s.year_day - 1,
         .isdst = 0,
         .gmtoff = 0,
         .zone = kUtc.ptr};
}

// What gmtime and localtime return. As in C it is every caller's: gmtime_r is the one for several goroutines.
constinit Tm shared{};

}  // namespace

extern "C" {
// Declared and defined at once.
#define RT0_C(type, name, parameters) \
  type name parameters;               \
  type name parameters

// 0 if the text and its NUL do not fit.
RT0_C(usize, strftime, (char* to, usize cap, const char* f, const Tm* t)) {
  Sink out{to, cap};
  put(out, f, *t);
  if (out.n >= cap) return 0;
  to[out.n] = '\0';
  return out.n;
}
RT0_C(usize, __strftime_l, (char* to, usize cap, const char* f, const Tm* t, void*)) { return strftime(to, cap, f, t); }
RT0_C(usize, strftime_l, (char* to, usize cap, const char* f, const Tm* t, void*)) { return strftime(to, cap, f, t); }
// For libstdc++, which asks for one conversion at a time.
RT0_C(usize, __wcsftime_l, (wchar_t * to, usize cap, const wchar_t* f, const Tm* t, void*)) {
  char format[64], text[256];
  usize n = 0;
  for (; f[n] != 0; n++) {
    if (n + 1 >= sizeof(format) || static_cast<u32>(f[n]) > 127) return 0;
    format[n] = static_cast<char>(f[n]);
  }
  format[n] = '\0';
  const usize len = strftime(text, sizeof(text), format, t);
  if (len >= cap) return 0;
  for (usize i = 0; i <= len; i++) to[i] = static_cast<wchar_t>(text[i]);
  return len;
}

RT0_C(Tm*, gmtime_r, (const long* seconds, Tm* to)) {
  fill(to, *seconds);
  return to;
}
RT0_C(Tm*, localtime_r, (const long* seconds, Tm* to)) { return gmtime_r(seconds, to); }
RT0_C(Tm*, gmtime, (const long* seconds)) { return gmtime_r(seconds, &shared); }
RT0_C(Tm*, localtime, (const long* seconds)) { return gmtime_r(seconds, &shared); }
// The moment of a struct tm, whose fields are then brought into their ranges.
RT0_C(long, timegm, (Tm * t)) {
  const i64 seconds = seconds_of(*t);
  fill(t, seconds);
  return static_cast<long>(seconds);
}
RT0_C(long, mktime, (Tm * t)) { return timegm(t); }
#undef RT0_C
}

}  // namespace rt0
