// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	done := make(chan bool)
	go func() {
		defer func() {
			println("d1")
			done <- true
		}()
		defer func() { println("d2 recover:", recover() == nil) }()
		func() {
			defer println("inner d")
			runtime.Goexit()
		}()
		println("not reached")
	}()
	<-done
	println("end")
}
