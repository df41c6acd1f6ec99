// env: GOMAXPROCS=1
package main

import "runtime"

func main() {
	defer runtime.Goexit()
	panic("swallowed by Goexit")
}
