// env: GOMAXPROCS=1
package main

import (
	"math"
	"time"
)

func main() {
	const max, min = time.Duration(math.MaxInt64), time.Duration(math.MinInt64)
	for _, d := range []time.Duration{0, 1, -1, 999, 1000, 1100, 1001, -1500, 999999, 1000000, 1500000, 999999999, 1000000000,
		1000000001, 59999999999, 60000000000, 61500000000, 3599999999999, 3600000000000, 3600000000001, 90061001001001,
		-90061001001001, max, min, min + 1, 2200, 2200000, 2 * time.Hour, 5*time.Minute + 1} {
		println(d.String(), d.Microseconds(), d.Milliseconds(), d.Seconds(), d.Minutes(), d.Hours(), d.Abs())
	}
	for _, d := range []time.Duration{0, 1, -1, 499, 500, -500, 501, 1500, -1500, 123456789, max, min, max - 3, min + 3} {
		for _, m := range []time.Duration{-1, 0, 1, 3, 1000, 1024, time.Second, max} {
			print(d.Round(m), " ", d.Truncate(m), " ")
		}
		print("\n")
	}
	u := time.Unix(1700000000, 999999999)
	for _, d := range []time.Duration{0, 1, -1, time.Second, -1000000001, max, min} {
		v := u.Add(d)
		println(v.Unix(), v.Nanosecond(), v.Sub(u), u.Sub(v), v.Before(u), v.After(u), v.Equal(u), v.Compare(u), v.UnixMilli(), v.UnixMicro())
	}
	var z time.Time
	println(z.IsZero(), z.Unix(), u.Sub(z), z.Sub(u), u.IsZero(), time.Unix(5, -1).Unix(), time.Unix(5, -1).Nanosecond(), time.Unix(-5, 3e9).UnixNano())
	far := time.Unix(1700000000+9223372036, 854775806)
	println(far.Sub(time.Unix(1700000000, 0)), far.Sub(time.Unix(1699999999, 999999998)), far.Sub(time.Unix(1700000000, 854775807)), time.Unix(1700000000, 0).Sub(far.Add(2)), time.Unix(1700000000, 0).Sub(far.Add(3)))
	n := time.Now()
	println(n.Add(time.Hour).Sub(n), n.Sub(n.Add(time.Hour)), n.Add(max).Sub(n) == max, n.Compare(n), n.Before(n.Add(1)), time.Since(n) >= 0, time.Until(n) <= 0)
}
