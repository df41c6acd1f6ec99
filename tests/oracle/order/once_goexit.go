// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Once: other callers wait until it is done. A function that ends its goroutine counts as called.
package main

import (
	"runtime"
	"sync"
)

func main() {
	var o sync.Once
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			println("enter", i)
			o.Do(func() { println("once by", i); runtime.Gosched(); println("once end", i) })
			println("leave", i)
			wg.Done()
		}()
	}
	wg.Wait()
	var q sync.Once
	go func() {
		q.Do(func() { runtime.Gosched(); println("goexit"); runtime.Goexit() })
		println("never")
	}()
	runtime.Gosched()
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			q.Do(func() { println("never") })
			println("past", i)
			wg.Done()
		}()
	}
	wg.Wait()
	println("end")
}
