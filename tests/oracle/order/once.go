// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"runtime"
	"sync"
)

func main() {
	var o sync.Once
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			println("enter", i)
			o.Do(func() {
				println("once by", i)
				runtime.Gosched()
				println("once end", i)
			})
			println("leave", i)
		}()
	}
	wg.Wait()

	var failed sync.Once
	func() {
		defer func() { println("recovered", recover().(string)) }()
		failed.Do(func() { panic("x") })
	}()
	failed.Do(func() { println("never") })
	println("end")
}
