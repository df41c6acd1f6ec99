// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Cond: signal wakes waiters in order; a signal without a waiter is lost; broadcast wakes the goroutines that wait now.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	var wg sync.WaitGroup
	c.Signal()
	for i := 0; i < 6; i++ {
		wg.Add(1)
		go func() {
			mu.Lock()
			println("waits", i)
			c.Wait()
			println("woken", i)
			if i%2 == 0 {
				c.Wait()
				println("again", i)
			}
			mu.Unlock()
			wg.Done()
		}()
	}
	runtime.Gosched()
	for i := 0; i < 3; i++ {
		println("signal")
		c.Signal()
		runtime.Gosched()
	}
	println("signal with the lock")
	mu.Lock()
	c.Signal()
	c.Signal()
	runtime.Gosched()
	mu.Unlock()
	runtime.Gosched()
	println("broadcast")
	c.Broadcast()
	runtime.Gosched()
	println("broadcast")
	c.Broadcast()
	wg.Wait()
	c.Broadcast()
}
