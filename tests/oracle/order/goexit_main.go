// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "runtime"

func main() {
	go println("other")
	defer println("main deferred")
	runtime.Goexit()
}
