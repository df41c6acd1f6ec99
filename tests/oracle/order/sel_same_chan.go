// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	c := make(chan int)
	sends, recvs := 0, 0
	step := func(v int) {
		select {
		case c <- v:
			sends++
		case <-c:
			recvs++
		case <-c:
			recvs++
		}
	}
	done := make(chan bool)
	for i := 0; i < 10; i++ {
		go func() {
			for r := 0; r < 50; r++ {
				step(i)
			}
			done <- true
		}()
	}
	for i := 0; i < 9; i++ {
		<-done
		runtime.Gosched()
	}
	<-done
	println(sends, recvs)
}
