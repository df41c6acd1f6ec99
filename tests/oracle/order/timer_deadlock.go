// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// No goroutine waits on these timers' channels, so they do not keep the program alive.
package main

import "time"

func main() {
	t := time.NewTimer(time.Hour)
	k := time.NewTicker(time.Hour)
	f := time.AfterFunc(time.Hour, func() {})
	f.Stop()
	c := make(chan int)
	go func() { c <- 1 }()
	select { // waits for the timers, too, but no longer than for c
	case <-t.C:
	case <-k.C:
	case <-c:
	}
	println("waits")
	<-make(chan int)
	t.Stop()
	k.Stop()
}
