// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	a, b, c := make(chan int, 1), make(chan int, 1), make(chan int)
	b <- 7
	select {
	case v := <-a:
		println("a", v)
	case v := <-b:
		println("b", v)
	case c <- 1:
		println("c")
	}
	select {
	case v := <-a:
		println("a", v)
	case c <- 1:
		println("c")
	default:
		println("default")
	}
	go func() { println("goroutine got", <-c) }()
	select {
	case v := <-a:
		println("a", v)
	case c <- 42:
		println("sent on c")
	}
	runtime.Gosched()
	var none chan int
	close(a)
	select {
	case v, ok := <-a:
		println("closed a", v, ok)
	case <-none:
		println("nil")
	}
}
