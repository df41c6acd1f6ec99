// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// A goroutine that is locked to its thread keeps its place in the queues.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Add(3)
	go func() {
		defer wg.Done()
		runtime.LockOSThread()
		for i := range 3 {
			println("locked", i)
			runtime.Gosched()
		}
	}()
	for k := range 2 {
		go func() {
			defer wg.Done()
			for i := range 3 {
				println("free", k, i)
				runtime.Gosched()
			}
		}()
	}
	wg.Wait()
}
