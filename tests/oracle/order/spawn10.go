// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// runnext: the goroutine created last runs first, the others in the order of their creation.
package main

import "sync"

func main() {
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			print(i, " ")
		}()
	}
	wg.Wait()
	print("\n")
}
