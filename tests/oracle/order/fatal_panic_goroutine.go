// env: GOMAXPROCS=1
package main

import "runtime"

func main() {
	go func() { panic("in goroutine") }()
	runtime.Gosched()
	println("not reached")
}
