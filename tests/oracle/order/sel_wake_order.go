// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	a, b := make(chan int), make(chan int)
	done := make(chan bool, 10)
	for i := 0; i < 5; i++ {
		go func() {
			select {
			case v, ok := <-a:
				println("g", i, "a", v, ok)
			case v, ok := <-b:
				println("g", i, "b", v, ok)
			}
			done <- true
		}()
	}
	runtime.Gosched()
	a <- 1
	b <- 2
	println("sent two", len(done))
	close(b)
	println("closed b")
	for i := 0; i < 5; i++ {
		<-done
	}
	println("end", len(done), cap(done))
}
