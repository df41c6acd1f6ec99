// env: GOMAXPROCS=1
package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Go(func() { runtime.Goexit() })
	wg.Wait()
	println("went on")
	wg.Go(func() { panic("boom") })
	wg.Wait()
	println("not reached")
}
