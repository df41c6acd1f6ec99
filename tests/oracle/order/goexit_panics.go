// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	done := make(chan bool)
	go func() {
		defer func() { println("last", recover() == nil); close(done) }()
		defer println("third")
		defer func() {
			defer println("second")
			defer func() { println("recovered", recover().(string)) }()
			panic("during Goexit")
		}()
		defer func() { println("first", recover() == nil) }()
		runtime.Goexit()
	}()
	<-done
	done = make(chan bool)
	go func() {
		defer func() { println("b last", recover() == nil); close(done) }()
		defer func() { println("b recovered", recover().(string)) }()
		defer func() { panic("passes by") }()
		runtime.Goexit()
	}()
	<-done
	done = make(chan bool)
	go func() {
		defer func() { println("c last", recover() == nil); close(done) }()
		defer func() { println("c nil", recover() == nil) }()
		defer func() { runtime.Goexit() }()
		panic("aborted")
	}()
	<-done
	done = make(chan bool)
	go func() {
		defer func() { println("d last", recover() == nil); close(done) }()
		func() {
			defer func() { println("d recovered", recover().(string)) }()
			defer func() { panic("passes by") }()
			runtime.Goexit()
		}()
		println("d goes on")
	}()
	<-done
	println("end")
}
