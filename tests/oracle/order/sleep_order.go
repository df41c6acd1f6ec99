// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"sync"
	"time"
)

func main() {
	var wg sync.WaitGroup
	for _, ms := range []int{50, 10, 40, 20, 30} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			time.Sleep(time.Duration(ms) * time.Millisecond)
			println("slept", ms)
		}()
	}
	wg.Wait()
}
