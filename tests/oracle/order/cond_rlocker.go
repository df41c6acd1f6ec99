// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Cond on an RWMutex's writer side, several waiters woken by one broadcast under the lock.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.RWMutex
	c := sync.NewCond(&mu)
	var wg sync.WaitGroup
	ready := false
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() {
			mu.Lock()
			for !ready {
				println("waits", i)
				c.Wait()
			}
			println("goes", i)
			mu.Unlock()
			wg.Done()
		}()
	}
	runtime.Gosched()
	c.Broadcast()
	runtime.Gosched()
	mu.Lock()
	ready = true
	c.Broadcast()
	println("set")
	mu.Unlock()
	wg.Wait()
}
