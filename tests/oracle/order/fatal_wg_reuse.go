// env: GOMAXPROCS=1
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		wg.Wait()
		println("not reached")
	}()
	runtime.Gosched()
	wg.Done()
	wg.Add(1)
	runtime.Gosched()
}
