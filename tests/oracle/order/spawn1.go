// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "sync"

func main() {
	var wg sync.WaitGroup
	for i := range 1 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			print(i, " ")
		}()
	}
	wg.Wait()
	print("\n")
}
