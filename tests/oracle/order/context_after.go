// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: after_func runs in a goroutine of its own once the context has ended, unless it is stopped before.
package main

import (
	"context"
	"runtime"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stop1 := context.AfterFunc(ctx, func() { println("one") })
	runtime.Gosched()
	println("stop", stop1(), stop1())
	stop2 := context.AfterFunc(ctx, func() { println("two") })
	println("cancel")
	cancel()
	println("cancelled")
	println("stop", stop2())
	runtime.Gosched()
	stop3 := context.AfterFunc(ctx, func() { println("three") })
	println("stop", stop3())
	runtime.Gosched()
	println("end")
}
