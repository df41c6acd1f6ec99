// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// What Stop and Reset return in each state of a timer, and that no value from before them is received afterwards.
package main

import "time"

func has(t *time.Timer) bool {
	select {
	case <-t.C:
		return true
	default:
		return false
	}
}

func main() {
	t := time.NewTimer(time.Hour)
	println("pending: stop", t.Stop())
	println("stopped: stop", t.Stop())
	println("stopped: reset", t.Reset(time.Millisecond))
	time.Sleep(5 * time.Millisecond)
	println("due, not received: len", len(t.C), "cap", cap(t.C))
	println("due, not received: stop", t.Stop())
	println("has value", has(t))
	println("stopped: reset", t.Reset(time.Millisecond))
	time.Sleep(5 * time.Millisecond)
	println("due, not received: reset", t.Reset(time.Hour))
	println("has value", has(t))
	println("pending: reset", t.Reset(time.Millisecond))
	<-t.C
	println("received: stop", t.Stop())
	println("received: reset", t.Reset(2*time.Millisecond))
	<-t.C
	println("received: reset", t.Reset(-time.Hour))
	println("has value", has(t))
	println("has value", has(t))
	println("received: reset", t.Reset(0))
	println("due: stop", t.Stop())
	println("has value", has(t))

	n := 0
	f := time.AfterFunc(time.Hour, func() { n++ })
	println("f pending: stop", f.Stop())
	println("f stopped: stop", f.Stop())
	println("f stopped: reset", f.Reset(time.Millisecond))
	time.Sleep(5 * time.Millisecond)
	println("f has run:", n, "stop", f.Stop())
	println("f has run: reset", f.Reset(time.Hour))
	println("f pending: reset", f.Reset(time.Millisecond))
	time.Sleep(5 * time.Millisecond)
	println("f has run:", n, f.C == nil)
}
