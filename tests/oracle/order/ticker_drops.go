// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// a tick that nobody reads is dropped; Reset and Stop leave nothing behind
package main

import "time"

func drain(c <-chan time.Time) (n int) {
	for {
		select {
		case <-c:
			n++
		default:
			return n
		}
	}
}

func main() {
	start := time.Now()
	t := time.NewTicker(10 * time.Millisecond)
	time.Sleep(55 * time.Millisecond)
	println("len", len(t.C), "cap", cap(t.C))
	first := (<-t.C).Sub(start)
	println("the first tick that was due, not the last:", first >= 10*time.Millisecond && first < 20*time.Millisecond)
	println("left", drain(t.C))
	prev := time.Now()
	for i := 0; i < 3; i++ {
		now := <-t.C
		println("tick", i, now.After(prev))
		prev = now
	}
	time.Sleep(25 * time.Millisecond)
	t.Reset(time.Hour)
	println("after Reset", drain(t.C))
	t.Reset(5 * time.Millisecond)
	<-t.C
	<-t.C
	time.Sleep(15 * time.Millisecond)
	t.Stop()
	println("after Stop", drain(t.C))
	time.Sleep(15 * time.Millisecond)
	println("later", drain(t.C))
	t.Stop()
	t.Reset(5 * time.Millisecond)
	_, ok := <-t.C
	println("again", ok)
	t.Stop()
	println("tick of nothing is nil", time.Tick(0) == nil, time.Tick(-1) == nil)
}
