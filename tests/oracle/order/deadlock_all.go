// env: GOMAXPROCS=1
package main

import "runtime"

func main() {
	c := make(chan int)
	var n chan int
	d := make(chan int)
	go func() { <-c }()
	runtime.Gosched()
	go func() { d <- 1 }()
	runtime.Gosched()
	go func() { <-n }()
	runtime.Gosched()
	go func() { n <- 2 }()
	runtime.Gosched()
	go func() {
		select {
		case <-c:
		case n <- 1:
		}
	}()
	runtime.Gosched()
	select {
	case <-n:
	case n <- 1:
	}
}
