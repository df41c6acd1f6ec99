// Times as text by a layout. Go: time/format.go.
#include "base/format.h"
#include "lib/time/calendar.h"
#include "lib/time/layout.h"

namespace rt0::time {

namespace {

struct Row {
  Str text;
  Part part;
  ZoneForm zone{};
  bool word = false;  // does not count if a small letter follows, as in "Jane"
};
// A text that is the beginning of another one comes after it.
constexpr Row kRows[] = {
    {"January", Part::long_month},
    {"Jan", Part::month, {}, true},
    {"Monday", Part::long_day},
    {"Mon", Part::week_day, {}, true},
    {"MST", Part::zone_name},
    {"01", Part::zero_month},
    {"02", Part::zero_day},
    {"03", Part::zero_hour12},
    {"04", Part::zero_minute},
    {"05", Part::zero_second},
    {"06", Part::year},
    {"002", Part::zero_yday},
    {"15", Part::hour},
    {"1", Part::num_month},
    {"2006", Part::long_year},
    {"2", Part::day},
    {"_2", Part::under_day},
    {"__2", Part::under_yday},
    {"3", Part::hour12},
    {"4", Part::minute},
    {"5", Part::second},
    {"PM", Part::pm_upper},
    {"pm", Part::pm_lower},
    {"-070000", Part::zone, {false, false, 3}},
    {"-07:00:00", Part::zone, {false, true, 3}},
    {"-0700", Part::zone, {false, false, 2}},
    {"-07:00", Part::zone, {false, true, 2}},
    {"-07", Part::zone, {false, false, 1}},
    {"Z070000", Part::zone, {true, false, 3}},
    {"Z07:00:00", Part::zone, {true, true, 3}},
    {"Z0700", Part::zone, {true, false, 2}},
    {"Z07:00", Part::zone, {true, true, 2}},
    {"Z07", Part::zone, {true, false, 1}},
};

bool begins(Str s, Str with) { return s.len >= with.len && s.sub(0, with.len) == with; }
bool digit_at(Str s, usize i) { return i < s.len && s[i] >= '0' && s[i] <= '9'; }

// The part that s begins with; its length, or 0.
usize part_at(Str s, Chunk* out) {
  if (begins(s, "_2006")) return 0;  // a "_" and the year
  for (const Row& r : kRows) {
    if (!begins(s, r.text)) continue;
    if (r.word && s.len > r.text.len && s[r.text.len] >= 'a' && s[r.text.len] <= 'z') continue;
    out->part = r.part;
    out->zone = r.zone;
    return r.text.len;
  }
  if ((s[0] == '.' || s[0] == ',') && s.len > 1 && (s[1] == '0' || s[1] == '9')) {
    usize n = 1;
    while (n < s.len && s[n] == s[1]) n++;
    if (digit_at(s, n)) return 0;
    out->part = s[1] == '0' ? Part::fraction : Part::fraction_trimmed;
    out->digits = static_cast<u32>(n) - 1;
    return n;
  }
  return 0;
}

void put_number(builtin::String& to, i64 v, u32 width) {
  if (v < 0) to.push('-');
  char digits[kMaxDecimal];
  const usize n = format_u64(digits, static_cast<u64>(v < 0 ? -v : v));
  for (usize i = n; i < width; i++) to.push('0');
  to.append({digits, n});
}

void put_zone(builtin::String& to, int offset, const ZoneForm& form) {
  if (form.z && offset == 0) {
    to.push('Z');
    return;
  }
  // The sign is that of the minutes, so an offset of -30 seconds has a plus. As in Go.
  const int minutes = offset / 60, all = offset < 0 ? -offset : offset;
  to.push(minutes < 0 ? '-' : '+');
  put_number(to, all / 3600, 2);
  if (form.colon) to.push(':');
  if (form.fields > 1) put_number(to, all / 60 % 60, 2);
  if (form.fields < 3) return;
  if (form.colon) to.push(':');
  put_number(to, (minutes < 0 ? all : offset) % 60, 2);
}

void put_fraction(builtin::String& to, int nsec, const Chunk& c) {
  const bool trim = c.part == Part::fraction_trimmed;
  if (trim && (nsec == 0 || c.digits == 0)) return;
  char digits[9];
  for (u32 i = 9; i-- > 0; nsec /= 10) digits[i] = static_cast<char>('0' + nsec % 10);
  // More than nine digits are asked for: there are nine.
  u32 n = min<u32>(c.digits, 9);
  while (trim && n > 0 && digits[n - 1] == '0') n--;
  if (n > 0) to.push(c.text[0]).append({digits, n});
}

void put_part(builtin::String& to, const Chunk& c, const Shown& s, const Zone& zone, int nsec) {
  const int hour12 = s.clock.hour % 12 == 0 ? 12 : s.clock.hour % 12;
  switch (c.part) {
    case Part::none: return;
    case Part::long_year: return put_number(to, s.date.year, 4);
    case Part::year: return put_number(to, (s.date.year < 0 ? -s.date.year : s.date.year) % 100, 2);
    case Part::long_month: to.append(month_name(s.date.month)); return;
    case Part::month: to.append({month_name(s.date.month).ptr, 3}); return;
    case Part::num_month: return put_number(to, s.date.month, 1);
    case Part::zero_month: return put_number(to, s.date.month, 2);
    case Part::long_day: to.append(weekday_name(s.weekday)); return;
    case Part::week_day: to.append({weekday_name(s.weekday).ptr, 3}); return;
    case Part::under_day:
      if (s.date.day < 10) to.push(' ');
      return put_number(to, s.date.day, 1);
    case Part::day: return put_number(to, s.date.day, 1);
    case Part::zero_day: return put_number(to, s.date.day, 2);
    case Part::under_yday:
      if (s.year_day < 100) to.push(' ');
      if (s.year_day < 10) to.push(' ');
      return put_number(to, s.year_day, 1);
    case Part::zero_yday: return put_number(to, s.year_day, 3);
    case Part::hour: return put_number(to, s.clock.hour, 2);
    case Part::hour12: return put_number(to, hour12, 1);
    case Part::zero_hour12: return put_number(to, hour12, 2);
    case Part::minute: return put_number(to, s.clock.minute, 1);
    case Part::zero_minute: return put_number(to, s.clock.minute, 2);
    case Part::second: return put_number(to, s.clock.second, 1);
    case Part::zero_second: return put_number(to, s.clock.second, 2);
    case Part::pm_upper: to.append(s.clock.hour >= 12 ? "PM" : "AM"); return;
    case Part::pm_lower: to.append(s.clock.hour >= 12 ? "pm" : "am"); return;
    case Part::zone_name:
      if (zone.name.size() == 0) return put_zone(to, zone.offset, {false, false, 2});
      to.append(zone.name);
      return;
    case Part::zone: return put_zone(to, zone.offset, c.zone);
    case Part::fraction:
    case Part::fraction_trimmed: return put_fraction(to, nsec, c);
  }
}

}  // namespace

Chunk next_chunk(Str layout) {
  Chunk c;
  for (usize i = 0; i < layout.len; i++) {
    const usize n = part_at(layout.sub(i), &c);
    if (n == 0) continue;
    c.before = layout.sub(0, i);
    c.text = layout.sub(i, n);
    c.rest = layout.sub(i + n);
    return c;
  }
  c.before = layout;
  return c;
}

builtin::String Time::format(StrArg layout, const Zone& zone) const {
  builtin::String to;
  const Shown s = shown(*this, zone);
  for (Str rest{layout.ptr, layout.len}; !rest.empty();) {
    const Chunk c = next_chunk(rest);
    to.append({c.before.ptr, c.before.len});
    put_part(to, c, s, zone, nsec_);
    rest = c.rest;
  }
  return to;
}

}  // namespace rt0::time
