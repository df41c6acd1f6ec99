// Text to times, by a layout. Go: time/format.go. Differs: the local zone is UTC.
#include "lib/time/parse.h"
#include "lib/text/error.h"
#include "lib/time/calendar.h"
#include "lib/time/layout.h"

namespace rt0::time {

namespace {

using errors::Err;
using errors::Error;

bool digit_at(Str s, usize i) { return i < s.len && s[i] >= '0' && s[i] <= '9'; }
bool begins(Str s, Str with) { return s.len >= with.len && s.sub(0, with.len) == with; }
char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool point_at(Str s, usize i) { return i < s.len && (s[i] == '.' || s[i] == ','); }

// What is read so far.
struct Fields {
  i64 year = 0;
  int month = -1, day = -1, year_day = -1, hour = 0, minute = 0, second = 0, nsec = 0;
  bool pm = false, am = false;
  bool is_utc = false, has_offset = false;
  int offset = 0;
  Str zone_name;
};

struct Parser {
  Str layout, value;  // as given
  Str rest;           // of the value
  Fields f;
  const char* range = nullptr;  // a field that is out of its range

  // One digit or two; two if `fixed`.
  bool number(bool fixed, int* out) {
    if (!digit_at(rest, 0) || (fixed && !digit_at(rest, 1))) return false;
    const usize n = digit_at(rest, 1) ? 2 : 1;
    *out = 0;
    for (usize i = 0; i < n; i++) *out = *out * 10 + (rest[i] - '0');
    rest = rest.sub(n);
    return true;
  }
  bool ranged(bool fixed, int least, int most, const char* name, int* out) {
    if (!number(fixed, out)) return false;
    if (*out < least || *out > most) range = name;
    return true;
  }
  // A month's or day's name, of which the text has `size` letters; 0: all.
  bool name(builtin::Text (*names)(int), int first, int n, usize size, int* out) {
    for (int k = first; k < first + n; k++) {
      const builtin::Text t = names(k);
      const usize len = size != 0 ? size : t.len;
      usize i = 0;
      while (i < len && i < rest.len && small(rest[i]) == small(t.ptr[i])) i++;
      if (i < len) continue;
      *out = k;
      rest = rest.sub(len);
      return true;
    }
    return false;
  }
  // A point and digits, n bytes together.
  bool nanoseconds(usize n) {
    if (!point_at(rest, 0)) return false;
    int v = 0;
    for (usize i = 1; i < 10; i++) {
      if (i < n && !digit_at(rest, i)) return false;
      v = v * 10 + (i < n ? rest[i] - '0' : 0);
    }
    f.nsec = v;
    rest = rest.sub(n);
    return true;
  }
  bool all_digits_nanoseconds() {
    usize n = 2;
    while (digit_at(rest, n)) n++;
    return nanoseconds(n);
  }
  bool seconds(const Chunk& c) {
    if (!ranged(c.part == Part::zero_second, 0, 59, "second", &f.second)) return false;
    if (range != nullptr || !point_at(rest, 0) || !digit_at(rest, 1)) return true;
    // A fraction may follow the seconds also if the layout has none.
    const Part next = next_chunk(c.rest).part;
    return next == Part::fraction || next == Part::fraction_trimmed || all_digits_nanoseconds();
  }
  bool afternoon(Str pm, Str am) {
    f.pm |= begins(rest, pm);
    f.am |= begins(rest, am);
    if (!begins(rest, pm) && !begins(rest, am)) return false;
    rest = rest.sub(2);
    return true;
  }
  bool year_day(bool fixed) {
    for (int i = 0; i < 2 && !fixed; i++)
      if (begins(rest, " ")) rest = rest.sub(1);
    usize n = 0;
    int v = 0;
    for (; n < 3 && digit_at(rest, n); n++) v = v * 10 + (rest[n] - '0');
    if (n == 0 || (fixed && n != 3)) return false;
    f.year_day = v;
    rest = rest.sub(n);
    return true;
  }
  bool offset(const ZoneForm& form) {
    if (form.z && begins(rest, "Z")) {
      rest = rest.sub(1);
      f.is_utc = true;
      return true;
    }
    const usize step = form.colon ? 3 : 2, len = 1 + 2 * form.fields + (form.colon ? form.fields - 1u : 0u);
    if (rest.len < len) return false;
    int v[3] = {};
    // Go looks at the numbers before it looks at the sign.
    bool ok = rest[0] == '+' || rest[0] == '-';
    for (u32 i = 0; i < form.fields; i++) {
      const usize at = 1 + i * step;
      if (form.colon && i > 0 && rest[at - 1] != ':') return false;
      if (!digit_at(rest, at) || !digit_at(rest, at + 1)) ok = false;
      else v[i] = (rest[at] - '0') * 10 + (rest[at + 1] - '0');
    }
    if (v[0] > 24) range = "time zone offset hour";
    if (v[1] > 60) range = "time zone offset minute";
    if (v[2] > 60) range = "time zone offset second";
    f.offset = (v[0] * 60 + v[1]) * 60 + v[2];
    if (rest[0] == '-') f.offset = -f.offset;
    f.has_offset = f.offset != -1;  // as in Go, where -1 stands for none
    rest = rest.sub(len);
    return ok;
  }
  // "+3", "-11": hours up to 23; the number of bytes, or 0.
  static usize signed_hours(Str s) {
    if (s.empty() || (s[0] != '+' && s[0] != '-')) return 0;
    usize n = 1;
    int v = 0;
    for (; digit_at(s, n); n++) v = v > 100 ? v : v * 10 + (s[n] - '0');
    return n == 1 || v > 23 ? 0 : n;
  }
  bool zone_name() {
    if (begins(rest, "UTC")) {
      rest = rest.sub(3);
      f.is_utc = true;
      return true;
    }
    if (rest.len < 3) return false;
    usize n = 0;
    if (begins(rest, "ChST") || begins(rest, "MeST")) {
      n = 4;
    } else if (begins(rest, "GMT")) {
      n = 3 + signed_hours(rest.sub(3));
    } else if (rest[0] == '+' || rest[0] == '-') {
      n = signed_hours(rest);
    } else {
      while (n < 6 && n < rest.len && rest[n] >= 'A' && rest[n] <= 'Z') n++;
      if (n == 6 || (n == 5 && rest[4] != 'T') || (n == 4 && rest[3] != 'T' && !begins(rest, "WITA")) || n < 3) n = 0;
    }
    f.zone_name = rest.sub(0, n);
    rest = rest.sub(n);
    return n != 0;
  }

  bool part(const Chunk& c) {
    const auto day_name = [](int d) { return weekday_name(static_cast<Weekday>(d)); };
    int ignored = 0;
    switch (c.part) {
      case Part::none: return true;
      case Part::year: {
        int y = 0;
        if (!digit_at(rest, 0) || !number(true, &y)) return false;
        f.year = y + (y >= 69 ? 1900 : 2000);
        return true;
      }
      case Part::long_year:
        for (usize i = 0; i < 4; i++)
          if (!digit_at(rest, i)) return false;
        for (usize i = 0; i < 4; i++) f.year = f.year * (i == 0 ? 0 : 10) + (rest[i] - '0');
        rest = rest.sub(4);
        return true;
      case Part::month: return name(month_name, 1, 12, 3, &f.month);
      case Part::long_month: return name(month_name, 1, 12, 0, &f.month);
      case Part::num_month: return ranged(false, 1, 12, "month", &f.month);
      case Part::zero_month: return ranged(true, 1, 12, "month", &f.month);
      case Part::week_day: return name(day_name, 0, 7, 3, &ignored);
      case Part::long_day: return name(day_name, 0, 7, 0, &ignored);
      case Part::under_day:
        if (begins(rest, " ")) rest = rest.sub(1);
        return number(false, &f.day);
      case Part::day: return number(false, &f.day);
      case Part::zero_day: return number(true, &f.day);
      case Part::under_yday: return year_day(false);
      case Part::zero_yday: return year_day(true);
      case Part::hour: return ranged(false, 0, 23, "hour", &f.hour);
      case Part::hour12: return ranged(false, 0, 12, "hour", &f.hour);
      case Part::zero_hour12: return ranged(true, 0, 12, "hour", &f.hour);
      case Part::minute: return ranged(false, 0, 59, "minute", &f.minute);
      case Part::zero_minute: return ranged(true, 0, 59, "minute", &f.minute);
      case Part::second:
      case Part::zero_second: return seconds(c);
      case Part::pm_upper: return afternoon("PM", "AM");
      case Part::pm_lower: return afternoon("pm", "am");
      case Part::zone: return offset(c.zone);
      case Part::zone_name: return zone_name();
      case Part::fraction: return rest.len >= c.digits + 1 && nanoseconds(c.digits + 1);
      case Part::fraction_trimmed: return !point_at(rest, 0) || !digit_at(rest, 1) || all_digits_nanoseconds();
    }
    return false;
  }

  // Skips the text between the parts; a blank of it stands for any number of blanks.
  bool skip(Str text) {
    while (!text.empty()) {
      if (text[0] == ' ') {
        if (!rest.empty() && rest[0] != ' ') return false;
        while (begins(text, " ")) text = text.sub(1);
        while (begins(rest, " ")) rest = rest.sub(1);
        continue;
      }
      if (rest.empty() || rest[0] != text[0]) return false;
      text = text.sub(1);
      rest = rest.sub(1);
    }
    return true;
  }

  Error cannot(Str element, Str at) const {
    builtin::String t;
    put_quoted(t.append("parsing time "), value);
    put_quoted(t.append(" as "), layout);
    put_quoted(t.append(": cannot parse "), at);
    put_quoted(t.append(" as "), element);
    return made(t, Err::syntax);
  }
  Error wrong(StrArg why, Err code) const {
    builtin::String t;
    put_quoted(t.append("parsing time "), value).append(": ").append(why);
    return made(t, code);
  }
  static Error made(const builtin::String& t, Err code) {
    Error e;
    rt0::detail::ErrorMaker(e).reason({t.data(), t.size()}, code);
    return e;
  }

  Error read() {
    rest = value;
    for (Str left = layout;;) {  // ends: each round takes a part off the layout
      const Chunk c = next_chunk(left);
      if (!skip(c.before)) return cannot(c.before, rest);
      if (c.part == Part::none) break;
      left = c.rest;
      const Str before = rest;
      const bool ok = part(c);
      if (range != nullptr) {
        builtin::String t{range};
        return wrong(t.append(" out of range"), Err::range);
      }
      if (!ok) return cannot(c.text, before);
    }
    if (rest.empty()) return {};
    builtin::String t("extra text: ");
    return wrong(put_quoted(t, rest), Err::syntax);
  }

  // Makes month and day of the day of the year, and checks the date.
  Error check_date() {
    if (f.pm && f.hour < 12) f.hour += 12;
    else if (!f.pm && f.am && f.hour == 12) f.hour = 0;
    if (f.year_day >= 0) {
      const bool leap_year = leap(f.year);
      if (f.year_day < 1 || f.year_day > days_before(13, leap_year))
        return wrong("day-of-year out of range", Err::range);
      int month = 1;
      while (days_before(month + 1, leap_year) < f.year_day) month++;
      const int day = f.year_day - days_before(month, leap_year);
      if (f.month >= 0 && f.month != month) return wrong("day-of-year does not match month", Err::range);
      if (f.day >= 0 && f.day != day) return wrong("day-of-year does not match day", Err::range);
      f.month = month;
      f.day = day;
    }
    if (f.month < 0) f.month = 1;
    if (f.day < 0) f.day = 1;
    if (f.day < 1 || f.day > days_in(f.month, f.year)) return wrong("day out of range", Err::range);
    return {};
  }

  Time in(const Zone& zone) const { return date(f.year, f.month, f.day, f.hour, f.minute, f.second, f.nsec, zone); }
  // The zone of the text, or `otherwise`.
  Zone zone(const Zone& otherwise) const {
    if (f.is_utc) return utc;
    if (!f.has_offset && f.zone_name.empty()) return otherwise;
    int off = f.offset;
    if (!f.has_offset && f.zone_name.len > 3 && begins(f.zone_name, "GMT")) {
      off = 0;
      for (const char c : f.zone_name.sub(4)) off = off * 10 + (c - '0');
      off *= f.zone_name[3] == '-' ? -3600 : 3600;
    }
    if (off == 0 && f.has_offset && f.zone_name.empty()) return utc;
    return fixed_zone({f.zone_name.ptr, f.zone_name.len}, off);
  }
};

}  // namespace

// As strconv's quote, but bytes that are not ASCII are escaped one by one.
builtin::String& put_quoted(builtin::String& to, Str s) {
  to.push('"');
  for (const char c : s) {
    const u8 b = static_cast<u8>(c);
    if (b >= 0x80 || b < ' ') {
      to.append("\\x").push("0123456789abcdef"[b >> 4]).push("0123456789abcdef"[b & 15]);
      continue;
    }
    if (c == '"' || c == '\\') to.push('\\');
    to.push(c);
  }
  return to.push('"');
}

Result<Time> parse_in(StrArg layout, StrArg value, const Zone& zone, Zone* found) {
  Parser p{{layout.ptr, layout.len}, {value.ptr, value.len}, {}, {}};
  Error e = p.read();
  if (!e) e = p.check_date();
  if (e) return {{}, e};
  const Zone z = p.zone(zone);
  if (found != nullptr) *found = z;
  // If the zone has only a name, the text counts as UTC, even if the name says an offset, as "GMT+3" does. As in Go.
  const bool only_name = !p.f.is_utc && !p.f.has_offset && !p.f.zone_name.empty();
  return {p.in(only_name ? utc : z), {}};
}

Result<Time> parse(StrArg layout, StrArg value, Zone* found) { return parse_in(layout, value, utc, found); }

}  // namespace rt0::time
