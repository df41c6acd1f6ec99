// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "sync"

func main() {
	calls := 0
	f := sync.OnceFunc(func() { calls++; panic("from f") })
	g := sync.OnceValue(func() int { calls++; panic(5) })
	for i := 0; i < 3; i++ {
		func() {
			defer func() { println(i, recover().(string)) }()
			f()
		}()
		func() {
			defer func() { println(i, recover().(int)) }()
			println(g())
		}()
	}
	println("calls", calls)
}
