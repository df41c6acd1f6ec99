// env: GOMAXPROCS=1 GOTRACEBACK=all GODEBUG=asyncpreemptoff=1
// Goroutines that have not yet run, in stack() and in a dump
package main

import "runtime"

func waits() { select {} }
func other() { select {} }

//go:noinline
func starts(f func()) {
	go f()
	go func() {
		println("not reached")
		go func() { waits() }()
	}()
}

var text [1 << 16]byte

func main() {
	n := 0
	c := make(chan int)
	go waits()
	go func() { n = <-c }()
	starts(other)
	_ = n
	print(string(text[:runtime.Stack(text[:], true)]))
	panic("boom")
}
