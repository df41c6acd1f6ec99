// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	const n = 7
	var cs [n]chan int
	for i := range cs {
		cs[i] = make(chan int, i%2)
	}
	done := make(chan int)
	for i := range cs {
		go func() {
			for v := range cs[i] {
				print(i, ":", v, " ")
				if v == 0 {
					done <- i
					return
				}
				cs[(i+1)%n] <- v - 1
				if v%5 == 0 {
					runtime.Gosched()
				}
			}
		}()
	}
	cs[0] <- 40
	cs[3] <- 31
	println("| done", <-done)
	println("| done", <-done)
}
