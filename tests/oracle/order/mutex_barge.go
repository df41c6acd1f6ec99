// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex, normal mode: a woken waiter that finds the mutex taken waits in front. Runs twice: the first may be slow.
package main

import (
	"runtime"
	"sync"
)

func scene(show bool) {
	say := func(args ...any) {
		if !show {
			return
		}
		for i, a := range args {
			if i > 0 {
				print(" ")
			}
			switch v := a.(type) {
			case string:
				print(v)
			case int:
				print(v)
			case bool:
				print(v)
			}
		}
		print("\n")
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock()
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			mu.Lock()
			say("got", i)
			mu.Unlock()
			wg.Done()
		}()
	}
	runtime.Gosched()
	for i := 0; i < 3; i++ {
		mu.Unlock()
		say("try", mu.TryLock(), mu.TryLock())
		runtime.Gosched()
	}
	say("last")
	mu.Unlock()
	say("free", mu.TryLock())
	mu.Unlock()
	wg.Wait()
	say("free", mu.TryLock())
}

func main() {
	scene(false)
	scene(true)
}
