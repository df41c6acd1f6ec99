// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Waiting senders are served in the order of their arrival; this shows the order in which they then run.
package main

import (
	"runtime"
	"sync"
)

func main() {
	c := make(chan int)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c <- i
			println("sender", i, "released")
		}()
	}
	runtime.Gosched()
	for range 6 {
		println("main got", <-c)
	}
	wg.Wait()
}
