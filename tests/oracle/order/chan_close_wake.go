// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// close wakes all receivers; this shows the order in which they run.
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
			v, ok := <-c
			println("recv", i, v, ok)
		}()
	}
	runtime.Gosched()
	println("close")
	close(c)
	wg.Wait()
}
