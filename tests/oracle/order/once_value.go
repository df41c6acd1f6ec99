// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"runtime"
	"sync"
)

func main() {
	calls := 0
	f := sync.OnceValue(func() int { calls++; runtime.Gosched(); return 42 })
	g := sync.OnceFunc(func() { println("func") })
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() {
			println(i, f())
			g()
			wg.Done()
		}()
	}
	wg.Wait()
	println(calls)
}
