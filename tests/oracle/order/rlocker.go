// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// RWMutex.RLocker in a Cond: all waiters hold the mutex for reading; and OnceValues, with a panic
package main

import (
	"runtime"
	"sync"
)

func main() {
	var mu sync.RWMutex
	r := mu.RLocker()
	println(r == mu.RLocker())
	c := sync.NewCond(r)
	var wg sync.WaitGroup
	ready := false
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() {
			r.Lock()
			for !ready {
				println("waits", i)
				c.Wait()
			}
			println("goes", i, mu.TryLock(), mu.TryRLock())
			mu.RUnlock()
			r.Unlock()
			wg.Done()
		}()
	}
	runtime.Gosched()
	c.Broadcast()
	runtime.Gosched()
	mu.Lock()
	ready = true
	c.Broadcast()
	println("set")
	mu.Unlock()
	wg.Wait()
	println(mu.TryLock())
	mu.Unlock()

	calls := 0
	f := sync.OnceValues(func() (int, string) { calls++; runtime.Gosched(); return 42, "two" })
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			n, s := f()
			println(i, n, s)
			wg.Done()
		}()
	}
	wg.Wait()
	g := sync.OnceValues(func() (int, error) { calls++; panic("from g") })
	for i := 0; i < 2; i++ {
		func() {
			defer func() { println(i, recover().(string)) }()
			n, _ := g()
			println(n)
		}()
	}
	println("calls", calls)
}
