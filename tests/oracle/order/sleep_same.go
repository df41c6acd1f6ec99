// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Sleeps once without output, so that the sleeps that are shown do not wait for what is done only the first time.
package main

import (
	"sync"
	"time"
)

func allSleep(show bool) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			time.Sleep(20 * time.Millisecond)
			if show {
				print(i, " ")
			}
		}()
	}
	wg.Wait()
}

func main() {
	allSleep(false)
	allSleep(true)
	print("\n")
}
