// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// time.After in select loops
package main

import "time"

func main() {
	work := make(chan int)
	quit := make(chan bool)
	go func() {
		for i := 0; i < 4; i++ {
			time.Sleep(10 * time.Millisecond)
			work <- i
		}
		time.Sleep(60 * time.Millisecond)
		close(quit)
	}()
	timeouts := 0
	for run := true; run; {
		select {
		case i := <-work:
			println("work", i)
		case <-time.After(25 * time.Millisecond):
			timeouts++
			println("timeout", timeouts)
		case <-quit:
			println("quit")
			run = false
		}
	}

	a, b, c := time.After(30*time.Millisecond), time.After(10*time.Millisecond), time.After(20*time.Millisecond)
	for i := 0; i < 3; i++ {
		select {
		case <-a:
			println("a")
			a = nil
		case <-b:
			println("b")
			b = nil
		case <-c:
			println("c")
			c = nil
		}
	}

	d := time.After(10 * time.Millisecond)
	select {
	case <-d:
		println("too early")
	default:
		println("default")
	}
	time.Sleep(15 * time.Millisecond)
	select {
	case <-d:
		println("d")
	default:
		println("too late")
	}
	select {
	case <-d:
		println("twice")
	case <-time.After(-time.Second):
		println("at once")
	}
}
