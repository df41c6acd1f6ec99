// env: GOMAXPROCS=1
package main

import "runtime"

func main() {
	c := make(chan int)
	for i := 0; i < 3; i++ {
		go func() { c <- i }()
	}
	runtime.Gosched()
	println(<-c)
	close(c)
	println("closed")
	runtime.Gosched()
	println("not reached")
}
