// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"
)

func main() {
	bg := context.Background()
	s := semaphore.NewWeighted(3)
	s.Acquire(bg, 2)
	ctx, cancel := context.WithCancel(bg)
	done := make(chan int)
	go func() {
		println("three:", s.Acquire(ctx, 3).Error())
		done <- 3
	}()
	runtime.Gosched()
	for i := 0; i < 2; i++ {
		go func() {
			s.Acquire(bg, 1)
			println("one", i)
			done <- 1
		}()
	}
	runtime.Gosched()
	println(s.TryAcquire(1))
	cancel()
	<-done
	<-done
	s.Release(1)
	<-done
	go func() { s.Acquire(bg, 4) }()
	runtime.Gosched()
	s.Release(2)
	println(s.TryAcquire(2))
	s.Acquire(bg, 0)
	println(s.Acquire(ctx, 1).Error())
}
