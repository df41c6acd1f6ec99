// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	a, b := make(chan int), make(chan string, 1)
	b <- "full"
	for i := 0; i < 4; i++ {
		go func() {
			select {
			case a <- i:
				println("g", i, "sent a")
			case b <- "late":
				println("g", i, "sent b")
			}
		}()
	}
	runtime.Gosched()
	println(<-b)
	println(<-a)
	println(<-a)
	println(<-b)
	println(<-a)
	runtime.Gosched()
	println("left", len(b))
}
