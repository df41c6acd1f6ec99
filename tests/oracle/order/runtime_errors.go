// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

type S struct {
	a, b int
}

func try(name string, f func()) {
	defer func() {
		r := recover()
		if e, ok := r.(runtime.Error); ok {
			println(name, e.Error())
		} else {
			println(name, "no runtime error")
		}
	}()
	f()
}

func main() {
	var s *S
	var c chan int
	zero := 0
	var x any = "text"
	try("nil", func() { println(s.b) })
	try("div", func() { println(7 / zero) })
	try("mod", func() { println(7 % zero) })
	try("close", func() { close(c) })
	try("closed", func() { c = make(chan int); close(c); c <- 1 })
	try("type", func() { println(x.(int)) })
	try("type of error", func() { x = any(7); println(x.(string)) })
	try("type of nil", func() { x = nil; println(x.(string)) })
	try("nil panic", func() { panic(nil) })
	try("other", func() { panic("text") })
	println("end")
}
