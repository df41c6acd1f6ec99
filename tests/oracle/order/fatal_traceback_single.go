// env: GOMAXPROCS=1 GOTRACEBACK=single
package main

import "runtime"

func main() {
	go func() { select {} }()
	runtime.Gosched()
	panic("boom")
}
