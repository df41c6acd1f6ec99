// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// The local run queue overflows: 128+1 goroutines move to the global queue at once.
package main

import "sync"

func main() {
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			print(i, " ")
		}()
	}
	wg.Wait()
	print("\n")
}
