// The text of a Time, of UTC. Go: time/format.go.
#include "base/format.h"
#include "lib/time/calendar.h"
#include "rt0/time.h"
#include "sched/gmp.h"

namespace rt0 {

namespace {

void put_padded(Out& out, u64 v, u32 digits) {
  u64 limit = 10;
  for (u32 i = 1; i < digits; i++, limit *= 10)  // a zero for each digit that v lacks
    if (v < limit) out.put('0');
  out.put_u64(v);
}

}  // namespace

time::TimeText Time::str() const {
  time::TimeText t;
  Out out{t.text, sizeof(t.text)};
  const time::Shown now = time::shown(*this, time::Zone{});
  const i64 year = now.date.year;
  if (year < 0) out.put('-');
  put_padded(out, static_cast<u64>(year < 0 ? -year : year), 4);
  out.put('-');
  put_padded(out, static_cast<u64>(now.date.month), 2);
  out.put('-');
  put_padded(out, static_cast<u64>(now.date.day), 2);
  out.put(' ');
  put_padded(out, static_cast<u64>(now.clock.hour), 2);
  out.put(':');
  put_padded(out, static_cast<u64>(now.clock.minute), 2);
  out.put(':');
  put_padded(out, static_cast<u64>(now.clock.second), 2);
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
