// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// 257 goroutines: one in runnext and 256 in the local queue, which is then exactly full.
package main

import "sync"

func main() {
	var wg sync.WaitGroup
	for i := range 257 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			print(i, " ")
		}()
	}
	wg.Wait()
	print("\n")
}
