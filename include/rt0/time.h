// Time: durations, the clock, sleep, timers and tickers. Go: package time, with the rules of Go 1.23 for timers.
//
//   sleep(ms(20));
//   Timer t = after_func(seconds(1), [] { println("a second has passed"); });
//   t.stop();
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/chan.h"
#include "rt0/go.h"

namespace rt0 {

struct StrArg;
namespace builtin {
class String;
}

// All of it stands in a namespace of its own, which tracebacks spell as Go does; at the end of this file the names are
// made known as rt0::… too.
namespace time {

// A Duration as text, "1h15m30.918s". It can be printed.
struct DurationText {
  char text[32];
  unsigned char length;

  const char* data() const { return text; }
  size_t size() const { return length; }
};

// An elapsed time in nanoseconds: up to 292 years. Arithmetic wraps around, as Go's does.
struct Duration {
  int64_t count = 0;

  constexpr int64_t nanoseconds() const { return count; }
  constexpr int64_t microseconds() const { return count / 1000; }
  constexpr int64_t milliseconds() const { return count / 1000000; }
  // The duration as a floating-point number of the unit.
  double seconds() const { return in(1000000000); }
  double minutes() const { return in(60 * int64_t{1000000000}); }
  double hours() const { return in(3600 * int64_t{1000000000}); }

  // truncate rounds toward zero to a multiple of m; round to the nearest multiple, halves away from zero, or to the
  // largest or smallest Duration if that does not fit. Both return the Duration unchanged if m <= 0.
  constexpr Duration truncate(Duration m) const { return m.count <= 0 ? *this : Duration{count - count % m.count}; }
  Duration round(Duration m) const;
  constexpr Duration abs() const {
    return count >= 0 ? *this : count == INT64_MIN ? Duration{INT64_MAX} : Duration{-count};
  }

  // The text of Go's Duration.String: println(d.str()).
  DurationText str() const;

  static constexpr Duration min() { return {INT64_MIN}; }
  static constexpr Duration max() { return {INT64_MAX}; }

  friend constexpr bool operator==(Duration, Duration) = default;
  friend constexpr bool operator<(Duration a, Duration b) { return a.count < b.count; }
  friend constexpr bool operator>(Duration a, Duration b) { return a.count > b.count; }
  friend constexpr bool operator<=(Duration a, Duration b) { return a.count <= b.count; }
  friend constexpr bool operator>=(Duration a, Duration b) { return a.count >= b.count; }
  friend constexpr Duration operator-(Duration a) { return {wrap(0 - bits(a.count))}; }
  friend constexpr Duration operator+(Duration a, Duration b) { return {wrap(bits(a.count) + bits(b.count))}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {wrap(bits(a.count) - bits(b.count))}; }
  friend constexpr Duration operator*(Duration a, int64_t n) { return {wrap(bits(a.count) * bits(n))}; }
  friend constexpr Duration operator*(int64_t n, Duration a) { return a * n; }
  friend constexpr Duration operator/(Duration a, int64_t n) { return {n == -1 ? (-a).count : a.count / n}; }
  friend constexpr int64_t operator/(Duration a, Duration b) { return (a / b.count).count; }
  friend constexpr Duration operator%(Duration a, Duration b) { return {b.count == -1 ? 0 : a.count % b.count}; }
  constexpr Duration& operator+=(Duration d) { return *this = *this + d; }
  constexpr Duration& operator-=(Duration d) { return *this = *this - d; }
  constexpr Duration& operator*=(int64_t n) { return *this = *this * n; }
  constexpr Duration& operator/=(int64_t n) { return *this = *this / n; }

 private:
  static constexpr uint64_t bits(int64_t v) { return static_cast<uint64_t>(v); }
  static constexpr int64_t wrap(uint64_t v) { return static_cast<int64_t>(v); }
  // Whole units first, so that no digit of a small rest is lost.
  double in(int64_t unit) const {
    const int64_t whole = count / unit;
    return static_cast<double>(whole) + static_cast<double>(count % unit) / static_cast<double>(unit);
  }
};

// 20 * time.Millisecond is ms(20).
constexpr Duration ns(int64_t n) { return {n}; }
constexpr Duration us(int64_t n) { return Duration{1000} * n; }
constexpr Duration ms(int64_t n) { return Duration{1000000} * n; }
constexpr Duration seconds(int64_t n) { return Duration{1000000000} * n; }
constexpr Duration minutes(int64_t n) { return seconds(60) * n; }
constexpr Duration hours(int64_t n) { return minutes(60) * n; }

// A Time as text. It can be printed.
struct TimeText {
  char text[79];
  unsigned char length;

  const char* data() const { return text; }
  size_t size() const { return length; }
};

// For the calendar: see date.h, which has these types.
struct Zone;
struct Date;
struct Clock;
struct IsoWeek;
enum class Weekday : int;
extern const Zone utc;

// A moment: the wall clock's time and, if it comes from now(), the monotonic clock's time, which is then used for
// differences and comparisons. Time{} is the year 1, as in Go. A Time has no zone: where one matters, it is handed in.
class Time {
 public:
  constexpr Time() = default;
  // sec seconds and nsec nanoseconds after the beginning of 1970; nsec may be any number. Go: time.Unix.
  static Time from_unix(int64_t sec, int64_t nsec);

  constexpr bool is_zero() const { return sec_ == 0 && nsec_ == 0; }
  // Seconds, milliseconds, microseconds and nanoseconds since the beginning of 1970; then the nanoseconds within the
  // second.
  constexpr int64_t unix() const { return sec_ - kUnixEpoch; }
  constexpr int64_t unix_milli() const { return unix() * 1000 + nsec_ / 1000000; }
  constexpr int64_t unix_micro() const { return unix() * 1000000 + nsec_ / 1000; }
  constexpr int64_t unix_nano() const { return unix() * 1000000000 + nsec_; }  // valid for the years 1678 to 2262
  constexpr int nanosecond() const { return nsec_; }

  Time add(Duration d) const;
  Duration sub(Time t) const;  // this - t, or the largest or smallest Duration if it does not fit
  // -1, 0 or 1 if this is before, equal to or after t.
  int compare(Time t) const;
  bool before(Time t) const { return compare(t) < 0; }
  bool after(Time t) const { return compare(t) > 0; }
  bool equal(Time t) const { return compare(t) == 0; }
  friend Time operator+(Time t, Duration d) { return t.add(d); }
  friend Time operator+(Duration d, Time t) { return t.add(d); }
  friend Time operator-(Time t, Duration d) { return t.add(-d); }
  friend Duration operator-(Time t, Time u) { return t.sub(u); }
  Time& operator+=(Duration d) { return *this = add(d); }
  Time& operator-=(Duration d) { return *this = add(-d); }
  // By compare(); so == is Go's Equal.
  friend bool operator==(Time t, Time u) { return t.compare(u) == 0; }
  friend bool operator<(Time t, Time u) { return t.compare(u) < 0; }
  friend bool operator>(Time t, Time u) { return t.compare(u) > 0; }
  friend bool operator<=(Time t, Time u) { return t.compare(u) <= 0; }
  friend bool operator>=(Time t, Time u) { return t.compare(u) >= 0; }
  // The text of Go's Time.String: 2006-01-02 15:04:05.999999999 +0000 UTC, and m=+0.000000001 of a time of now().
  TimeText str() const;

  // The calendar; see date.h. format: as the layout writes the moment of Go's reference time, 2006-01-02 15:04:05 MST.
  builtin::String format(StrArg layout, const Zone& zone = utc) const;
  Date date(const Zone& zone = utc) const;
  Clock clock(const Zone& zone = utc) const;
  Weekday weekday(const Zone& zone = utc) const;
  int year_day(const Zone& zone = utc) const;  // 1 to 366
  IsoWeek iso_week(const Zone& zone = utc) const;
  // The same time of day so many years, months and days later; 31 October and a month is 1 December.
  Time add_date(int years, int months, int days, const Zone& zone = utc) const;
  // Multiples of d are counted from the beginning of the year 1. truncate returns the last one that is not later than
  // this time, round the nearest one, and of two that are equally near the later one. The results are without the
  // monotonic clock's part; if d <= 0, that is the only change.
  Time truncate(Duration d) const;
  Time round(Duration d) const;

  // Without the monotonic clock's part. Go: t.Round(0).
  constexpr Time strip_monotonic() const {
    Time t = *this;
    t.mono_ = 0;
    return t;
  }

 private:
  friend Time now();

  static constexpr int64_t kUnixEpoch = 62135596800;  // 1970 as seconds since the year 1

  int64_t sec_ = 0;   // since the year 1
  int64_t mono_ = 0;  // the monotonic clock's time in ns; 0: none
  int32_t nsec_ = 0;  // [0, 1e9)
};

// The present time, of both clocks.
Time now() __asm__("time.Now");
Duration since(Time t);  // now() - t
Duration until(Time t);  // t - now()

// Stops the calling goroutine for at least d; returns at once if d <= 0. Go: time.Sleep.
void sleep(Duration d);

}  // namespace time

namespace detail {
template <>
inline constexpr bool kPrintsStr<time::Duration> = true;
template <>
inline constexpr bool kStrOfInt64<time::Duration> = true;
template <>
inline constexpr bool kPrintsStr<time::Time> = true;

// The function of an after_func timer. It lies in memory of its own, is made by the template below, and is destroyed by
// the runtime when no handle and no pending or running call needs it.
struct TimerFunc {
  void (*call)(TimerFunc* self);
  void (*destroy)(TimerFunc* self);
};

template <class F>
struct TimerFuncOf : TimerFunc {
  F f;
  explicit TimerFuncOf(F&& g)
      : TimerFunc{[](TimerFunc* self) { static_cast<TimerFuncOf*>(self)->f(); },
                  [](TimerFunc* self) { delete static_cast<TimerFuncOf*>(self); }},
        f(static_cast<F&&>(g)) {}
};

struct TimerObject;
TimerObject* new_after_func(time::Duration d, TimerFunc* f) __asm__("time.AfterFunc");
void timer_ref(TimerObject* t);
void timer_unref(TimerObject* t);

// The common part of Timer and Ticker: a pointer to the timer, and its channel (nil for after_func).
class TimerHandle {
 public:
  TimerHandle() = default;
  explicit TimerHandle(TimerObject* t) : t_(t) {}
  TimerHandle(TimerObject* t, Chan<time::Time>&& c) : t_(t), c_(static_cast<Chan<time::Time>&&>(c)) {}
  TimerHandle(const TimerHandle& h) : t_(h.t_), c_(h.c_) {
    if (t_ != nullptr) timer_ref(t_);
  }
  TimerHandle(TimerHandle&& h) noexcept : t_(h.t_), c_(static_cast<Chan<time::Time>&&>(h.c_)) { h.t_ = nullptr; }
  TimerHandle& operator=(TimerHandle h) noexcept {
    TimerObject* mine = t_;
    t_ = h.t_;
    h.t_ = mine;
    Chan<time::Time> my_chan = static_cast<Chan<time::Time>&&>(c_);
    c_ = static_cast<Chan<time::Time>&&>(h.c_);
    h.c_ = static_cast<Chan<time::Time>&&>(my_chan);
    return *this;
  }
  [[gnu::always_inline]] ~TimerHandle() {
    if (t_ != nullptr) timer_unref(t_);  // before c_: if that is the channel's last handle, the timer is freed with it
  }

  TimerObject* t_ = nullptr;
  Chan<time::Time> c_;
};

}  // namespace detail

namespace time {

// A single event in the future. Copies are the same timer, as with Go's *Timer.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = default;
  Timer(Timer&&) = default;
  Timer& operator=(const Timer&) = default;
  Timer& operator=(Timer&&) = default;
  [[gnu::always_inline]] ~Timer() {}

  // The channel to which the time is sent when the timer fires; nil for after_func. It looks unbuffered.
  const Chan<Time>& c() const { return h_.c_; }

  // Stops the timer; true if this prevented it from firing, false if it had fired or been stopped before. A function
  // that was started goes on: stop does not wait for it. After stop no earlier value is received. Go: Timer.Stop.
  bool stop() const;
  // Makes the timer fire after d; true if it was active before. After reset no earlier value is received. Go:
  // Timer.Reset.
  bool reset(Duration d) const;

  // For the runtime.
  explicit Timer(detail::TimerHandle&& h) : h_(static_cast<detail::TimerHandle&&>(h)) {}

 private:
  detail::TimerHandle h_;
};

// Sends the time to its channel every d; a tick that is not received before the next one is due is dropped. Go:
// time.Ticker.
class Ticker {
 public:
  Ticker() = default;

  // The channel to which the ticks are sent.
  const Chan<Time>& c() const { return h_.c_; }
  // No tick is received after this. The channel stays open, so that a goroutine that receives does not take its end for
  // a tick.
  void stop() const;
  // Changes the period to d, beginning now. Panics if d <= 0.
  void reset(Duration d) const;

  // For the runtime.
  explicit Ticker(detail::TimerHandle&& h) : h_(static_cast<detail::TimerHandle&&>(h)) {}

 private:
  detail::TimerHandle h_;
};

// A timer that sends the time to its channel after d. While no goroutine waits on the channel it costs nothing. Go:
// time.NewTimer.
Timer new_timer(Duration d) __asm__("time.NewTimer");
// The channel of such a timer. Go: time.After.
Chan<Time> after(Duration d) __asm__("time.After");

// A ticker with the period d. Panics if d <= 0. Go: time.NewTicker.
Ticker new_ticker(Duration d) __asm__("time.NewTicker");
// The channel of such a ticker; nil if d <= 0. Go: time.Tick.
Chan<Time> tick(Duration d) __asm__("time.Tick");

// Runs f in a goroutine of its own after d, and again each time the timer fires after a reset. f is any callable; it is
// copied or moved. The timer goes on when its handles are destroyed. Go: time.AfterFunc.
template <class F>
Timer after_func(Duration d, F&& f) {
  using Fn = typename detail::Decay<F>::type;
  return Timer(
      detail::TimerHandle(detail::new_after_func(d, detail::make<detail::TimerFuncOf<Fn>>(Fn(static_cast<F&&>(f))))));
}

}  // namespace time

template <>
inline constexpr bool kRelocatable<time::Timer> = true;
template <>
inline constexpr bool kRelocatable<time::Ticker> = true;

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using time::after;
using time::after_func;
using time::Duration;
using time::DurationText;
using time::hours;
using time::minutes;
using time::ms;
using time::new_ticker;
using time::new_timer;
using time::now;
using time::ns;
using time::seconds;
using time::since;
using time::sleep;
using time::tick;
using time::Ticker;
using time::Time;
using time::Timer;
using time::until;
using time::us;
#endif

}  // namespace rt0
