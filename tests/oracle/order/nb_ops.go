// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func try(c chan int, v int) bool {
	select {
	case c <- v:
		return true
	default:
		return false
	}
}

func get(c chan int) (int, bool, bool) {
	select {
	case v, ok := <-c:
		return v, ok, true
	default:
		return 0, false, false
	}
}

func main() {
	c, u := make(chan int, 2), make(chan int)
	println(try(c, 1), try(c, 2), try(c, 3), try(u, 1), len(c))
	println(get(c))
	println(get(c))
	println(get(c))
	println(get(u))
	go func() { println("got", <-u) }()
	runtime.Gosched()
	println(try(u, 9), try(u, 10))
	runtime.Gosched()
	go func() { u <- 11; println("sent") }()
	runtime.Gosched()
	println(get(u))
	println(get(u))
	runtime.Gosched()
	close(c)
	println(get(c))
}
