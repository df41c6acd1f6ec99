// env: GOMAXPROCS=1
package main

import "sync"

func main() {
	var mu sync.RWMutex
	mu.RUnlock()
}
