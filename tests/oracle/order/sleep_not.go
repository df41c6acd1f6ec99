// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Sleep of nothing or less does not yield; of a nanosecond, it does
package main

import "time"

func main() {
	go println("other")
	for _, d := range []time.Duration{0, -1, -1 << 63} {
		time.Sleep(d)
		println("still main", d)
	}
	time.Sleep(1)
	println("main again")
	long := make(chan bool)
	go func() {
		time.Sleep(1<<63 - 1)
		println("292 years later")
	}()
	go func() {
		time.AfterFunc(1<<63-1, func() { println("292 years later") })
		<-time.After(20 * time.Millisecond)
		close(long)
	}()
	<-long
	println("end")
}
