// env: GOMAXPROCS=1
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.RWMutex
	mu.RLock()
	go func() {
		mu.RLock()
	}()
	runtime.Gosched()
	go func() {
		mu.Lock()
	}()
	runtime.Gosched()
	go func() {
		mu.RLock()
	}()
	runtime.Gosched()
	mu.Lock()
}
