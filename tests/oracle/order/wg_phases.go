// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// WaitGroup: used again after all waits have returned; if all are done before Wait, it does not wait.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for phase := 0; phase < 3; phase++ {
		for i := 0; i < 3; i++ {
			wg.Add(1)
			go func() {
				println("work", phase, i)
				if i == 1 {
					runtime.Gosched()
				}
				println("done", phase, i)
				wg.Done()
			}()
		}
		println("wait", phase)
		wg.Wait()
	}
	wg.Add(2)
	wg.Add(-2)
	wg.Wait()
	println("end")
}
