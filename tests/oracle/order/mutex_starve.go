// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex: a waiter that has waited for more than 1 ms is handed the mutex, and runs at once.
package main

import (
	"runtime"
	"sync"
	"time"
)

func busy(d time.Duration) {
	for t := time.Now(); time.Since(t) < d; {
	}
}

func main() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock()
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() {
			println("waiter", i, "tries")
			mu.Lock()
			println("waiter", i, "has it")
			mu.Unlock()
			println("waiter", i, "unlocked")
			wg.Done()
		}()
	}
	runtime.Gosched()
	for i := 0; i < 4; i++ {
		busy(2 * time.Millisecond)
		println("main unlocks", i)
		mu.Unlock()
		mu.Lock()
		println("main locked", i)
		runtime.Gosched()
	}
	mu.Unlock()
	wg.Wait()
}
