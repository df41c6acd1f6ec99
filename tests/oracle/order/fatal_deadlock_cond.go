// env: GOMAXPROCS=1
package main

import "sync"

func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	mu.Lock()
	go func() {
		mu.Lock()
		c.Wait()
	}()
	c.Wait()
}
