// env: GOMAXPROCS=1 GOTRACEBACK=all
package main

import "runtime"

func main() {
	go func() { select {} }()
	runtime.Gosched()
	panic("boom")
}
