// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// The order of variables and init functions; goroutines started and Gosched called during init.
package main

import "runtime"

var a = value("a", b+1)
var b = value("b", c+1)
var c = value("c", 1)

func value(name string, v int) int {
	println("var", name)
	return v
}

func init() {
	println("init 1")
	go println("goroutine of init 1")
}

func init() {
	println("init 2")
	runtime.Gosched()
	println("init 2 end")
}

func init() {
	println("init 3")
	go println("goroutine of init 3")
}

func main() {
	println("main a", a, "b", b, "c", c)
	runtime.Gosched()
	println("main end")
}
