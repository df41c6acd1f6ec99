// Durations and moments. Go: time/time.go. Differs: a Time has no zone and keeps both clocks apart.
#include "base/format.h"
#include "rt0/time.h"

namespace rt0 {

namespace {

constexpr i64 kSecond = 1000000000;

// v / 10^digits with the fraction's trailing zeroes left out. Go: fmtFrac and fmtInt.
void put_decimal(Out& out, u64 v, u32 digits) {
  u64 unit = 1;
  for (u32 i = 0; i < digits; i++) unit *= 10;
  out.put_u64(v / unit);
  u64 rest = v % unit;
  if (rest == 0) return;
  out.put('.');
  while (rest != 0) {
    unit /= 10;
    out.put(static_cast<char>('0' + rest / unit));
    rest %= unit;
  }
}

}  // namespace

DurationText Duration::str() const {
  DurationText t;
  Out out{t.text, sizeof(t.text)};
  const u64 u = count < 0 ? 0 - static_cast<u64>(count) : static_cast<u64>(count);
  if (count < 0) out.put('-');
  if (u == 0) {
    out.put("0s");
  } else if (u < 1000) {
    put_decimal(out, u, 0);
    out.put("ns");
  } else if (u < 1000000) {
    put_decimal(out, u, 3);
    out.put("\xc2\xb5s");  // µ
  } else if (u < kSecond) {
    put_decimal(out, u, 6);
    out.put("ms");
  } else {
    const u64 all_minutes = u / (60 * kSecond);
    if (all_minutes >= 60) {
      out.put_u64(all_minutes / 60);
      out.put('h');
    }
    if (all_minutes != 0) {
      out.put_u64(all_minutes % 60);
      out.put('m');
    }
    put_decimal(out, u % (60 * kSecond), 9);
    out.put('s');
  }
  t.length = static_cast<u8>(out.len);
  return t;
}

Duration Duration::round(Duration m) const {
  if (m.count <= 0) return *this;
  i64 r = count % m.count;
  const bool negative = count < 0;
  if (negative) r = -r;
  const bool toward_zero = static_cast<u64>(r) + static_cast<u64>(r) < static_cast<u64>(m.count);
  i64 v;
  if (toward_zero) return {negative ? count + r : count - r};
  if (negative) return __builtin_sub_overflow(count, m.count - r, &v) ? min() : Duration{v};
  return __builtin_add_overflow(count, m.count - r, &v) ? max() : Duration{v};
}

Time Time::from_unix(int64_t sec, int64_t nsec) {
  Time t;
  sec += nsec / kSecond;
  nsec %= kSecond;
  if (nsec < 0) {
    nsec += kSecond;
    sec--;
  }
  t.sec_ = static_cast<i64>(static_cast<u64>(sec) + static_cast<u64>(kUnixEpoch));
  t.nsec_ = static_cast<i32>(nsec);
  return t;
}

Time Time::add(Duration d) const {
  Time t = from_unix(unix() + d.count / kSecond, nsec_ + d.count % kSecond);
  // If the sum is out of the monotonic clock's range, the result has only the wall clock's part.
  if (mono_ != 0 && (__builtin_add_overflow(mono_, d.count, &t.mono_))) t.mono_ = 0;
  return t;
}

Duration Time::sub(Time t) const {
  i64 d;
  if (mono_ != 0 && t.mono_ != 0) {
    if (!__builtin_sub_overflow(mono_, t.mono_, &d)) return {d};
    return mono_ > t.mono_ ? Duration::max() : Duration::min();
  }
  // The difference in seconds alone may be just out of range while the whole difference is in range. So both parts are
  // given the same sign first.
  i64 sec = sec_ - t.sec_, nsec = nsec_ - t.nsec_;
  if (sec < 0 && nsec > 0) sec++, nsec -= kSecond;
  if (__builtin_mul_overflow(sec, kSecond, &d) || __builtin_add_overflow(d, nsec, &d))
    return compare(t) < 0 ? Duration::min() : Duration::max();
  return {d};
}

int Time::compare(Time t) const {
  if (mono_ != 0 && t.mono_ != 0) return mono_ < t.mono_ ? -1 : mono_ > t.mono_ ? 1 : 0;
  if (sec_ != t.sec_) return sec_ < t.sec_ ? -1 : 1;
  return nsec_ < t.nsec_ ? -1 : nsec_ > t.nsec_ ? 1 : 0;
}

}  // namespace rt0
