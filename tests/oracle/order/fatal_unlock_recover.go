// env: GOMAXPROCS=1
// No recover can hide an unlock of an unlocked mutex.
package main

import "sync"

func main() {
	var mu sync.RWMutex
	mu.Lock()
	mu.Unlock()
	mu.RLock()
	mu.RUnlock()
	mu.RUnlock()
}
