// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Three goroutines that yield to each other.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for _, name := range []string{"A", "B", "C"} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for round := range 3 {
				print(name, round, " ")
				runtime.Gosched()
			}
		}()
	}
	wg.Wait()
	print("\n")
}
