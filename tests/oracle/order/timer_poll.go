// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// A receive finds the value of a timer that is due, although the scheduler has not run since.
package main

import "time"

func main() {
	t := time.NewTimer(5 * time.Millisecond)
	n := 0
	for looking := true; looking; n++ {
		select {
		case <-t.C:
			looking = false
		default:
		}
	}
	println("found it", n > 1)
	k := time.NewTicker(3 * time.Millisecond)
	for i := 0; i < 3; {
		select {
		case <-k.C:
			i++
		default:
		}
	}
	println("three ticks")
	a := time.After(time.Millisecond)
	for start := time.Now(); time.Since(start) < 3*time.Millisecond; {
	}
	v, ok := <-a
	println("at once", ok, !v.IsZero())
}
