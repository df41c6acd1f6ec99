// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	var all sync.WaitGroup
	for i := range 5 {
		all.Add(1)
		go func() {
			defer all.Done()
			mu.Lock()
			defer mu.Unlock()
			println("wait", i)
			c.Wait()
			println("woken", i)
		}()
	}
	runtime.Gosched()
	mu.Lock()
	println("broadcast")
	c.Broadcast()
	mu.Unlock()
	all.Wait()
}
