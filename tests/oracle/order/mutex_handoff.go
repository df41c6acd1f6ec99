// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex: FIFO waiters, normal mode.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock()
	for i := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			println("try", i)
			mu.Lock()
			println("got", i)
			mu.Unlock()
		}()
	}
	runtime.Gosched()
	println("unlock")
	mu.Unlock()
	println("unlocked")
	wg.Wait()
}
