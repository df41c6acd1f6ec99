// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// RWMutex: a waiting writer keeps new readers out; when it unlocks, these readers come before the next writer.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	mu.RLock()
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			println("writer", i, "tries")
			mu.Lock()
			println("writer", i, "has it")
			runtime.Gosched()
			println("writer", i, "unlocks")
			mu.Unlock()
			wg.Done()
		}()
	}
	runtime.Gosched()
	println("try", mu.TryRLock(), mu.TryLock())
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			println("reader", i, "tries")
			mu.RLock()
			println("reader", i, "has it")
			runtime.Gosched()
			mu.RUnlock()
			println("reader", i, "gone")
			wg.Done()
		}()
	}
	runtime.Gosched()
	println("main unlocks")
	mu.RUnlock()
	println("main waits")
	wg.Wait()
	println("try", mu.TryRLock(), mu.TryLock())
}
