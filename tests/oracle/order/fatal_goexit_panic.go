// env: GOMAXPROCS=1
package main

import "runtime"

func main() {
	defer func() { panic("during Goexit") }()
	defer func() { runtime.Goexit() }()
	panic("first")
}
