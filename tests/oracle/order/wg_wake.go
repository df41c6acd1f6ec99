// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Several goroutines waiting on one WaitGroup.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg, all sync.WaitGroup
	wg.Add(1)
	for i := range 5 {
		all.Add(1)
		go func() {
			defer all.Done()
			wg.Wait()
			println("woken", i)
		}()
	}
	runtime.Gosched()
	println("done")
	wg.Done()
	all.Wait()
}
