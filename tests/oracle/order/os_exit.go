// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "os"

func main() {
	defer println("deferred does not run")
	go println("nor does this")
	println("exit 3")
	os.Exit(3)
}
