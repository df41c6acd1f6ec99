// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	// A panic that was recovered is over: main does not wait for it.
	func() {
		defer func() { println(recover().(string)) }()
		panic("recovered")
	}()
	go func() {
		for {
			println("never printed")
			select {}
		}
	}()
	defer func() { println("deferred runs") }()
	println("main returns without yielding")
}
