// env: GOMAXPROCS=1
// RUnlock of an unlocked lock is fatal also after correct uses of that lock.
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
