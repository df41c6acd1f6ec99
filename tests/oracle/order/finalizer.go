// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1
package main

import (
	"runtime"
	"time"
)

// With a pointer in it, so that each object has a block of its own.
type object struct {
	id   int
	name *string
	rest [48]byte
}

//go:noinline
func drop() {
	for i := range 4 {
		runtime.SetFinalizer(&object{id: i}, func(o *object) { println("fin", o.id) })
	}
}

func main() {
	drop()
	runtime.GC()
	println("gc done")
	runtime.Gosched()
	println("after Gosched")
	time.Sleep(10 * time.Millisecond)
	println("end", runtime.NumGoroutine())
}
