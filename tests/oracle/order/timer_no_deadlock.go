// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// While a timer is pending, it is no deadlock that all goroutines wait.
package main

import "time"

func main() {
	c := make(chan int)
	time.AfterFunc(20*time.Millisecond, func() { close(c) })
	<-c
	println("closed")
	go func() {
		time.Sleep(20 * time.Millisecond)
		c = make(chan int)
		println("slept")
	}()
	<-time.After(40 * time.Millisecond)
	println("after")
	for range time.Tick(10 * time.Millisecond) {
		println("tick")
		break
	}
	time.AfterFunc(10*time.Millisecond, func() { println("last") })
	<-make(chan int)
}
