// env: GOMAXPROCS=1
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  constexpr Duration max = Duration::max(), min = Duration::min();
  constexpr Duration kText[] = {ns(0),
                                ns(1),
                                ns(-1),
                                ns(999),
                                ns(1000),
                                ns(1100),
                                ns(1001),
                                ns(-1500),
                                ns(999999),
                                ns(1000000),
                                ns(1500000),
                                ns(999999999),
                                ns(1000000000),
                                ns(1000000001),
                                ns(59999999999),
                                ns(60000000000),
                                ns(61500000000),
                                ns(3599999999999),
                                ns(3600000000000),
                                ns(3600000000001),
                                ns(90061001001001),
                                ns(-90061001001001),
                                max,
                                min,
                                min + ns(1),
                                ns(2200),
                                ns(2200000),
                                hours(2),
                                minutes(5) + ns(1)};
  for (Duration d : kText)
    println(d.str(), d.microseconds(), d.milliseconds(), d.seconds(), d.minutes(), d.hours(), d.abs().count);
  constexpr Duration kRounded[] = {ns(0),    ns(1),     ns(-1),        ns(499), ns(500), ns(-500),    ns(501),
                                   ns(1500), ns(-1500), ns(123456789), max,     min,     max - ns(3), min + ns(3)};
  constexpr Duration kTo[] = {ns(-1), ns(0), ns(1), ns(3), ns(1000), ns(1024), seconds(1), max};
  for (Duration d : kRounded) {
    for (Duration m : kTo) print(d.round(m).count, " ", d.truncate(m).count, " ");
    print("\n");
  }
  const Time u = Time::from_unix(1700000000, 999999999);
  constexpr Duration kAdded[] = {ns(0), ns(1), ns(-1), seconds(1), ns(-1000000001), max, min};
  for (Duration d : kAdded) {
    const Time v = u.add(d);
    println(v.unix(), v.nanosecond(), v.sub(u).count, u.sub(v).count, v.before(u), v.after(u), v.equal(u), v.compare(u),
            v.unix_milli(), v.unix_micro());
  }
  const Time z;
  println(z.is_zero(), z.unix(), u.sub(z).count, z.sub(u).count, u.is_zero(), Time::from_unix(5, -1).unix(),
          Time::from_unix(5, -1).nanosecond(), Time::from_unix(-5, 3000000000).unix_nano());
  const Time far = Time::from_unix(1700000000 + 9223372036, 854775806);
  println(far.sub(Time::from_unix(1700000000, 0)).count, far.sub(Time::from_unix(1699999999, 999999998)).count,
          far.sub(Time::from_unix(1700000000, 854775807)).count,
          Time::from_unix(1700000000, 0).sub(far.add(ns(2))).count,
          Time::from_unix(1700000000, 0).sub(far.add(ns(3))).count);
  const Time n = now();
  println(n.add(hours(1)).sub(n).count, n.sub(n.add(hours(1))).count, n.add(max).sub(n) == max, n.compare(n),
          n.before(n.add(ns(1))), since(n) >= ns(0), until(n) <= ns(0));
}
