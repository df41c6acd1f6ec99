// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	c := make(chan int, 4)
	done := make(chan struct{})
	for g := 0; g < 4; g++ {
		go func() {
			n := 0
			for v := range c {
				print(g, "<-", v, " ")
				n++
			}
			println("range", g, n)
			done <- struct{}{}
		}()
	}
	for i := 0; i < 12; i++ {
		c <- i
		if i == 5 {
			runtime.Gosched()
		}
	}
	close(c)
	for g := 0; g < 4; g++ {
		<-done
	}
	println("end")
}
