// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "sync"

func main() {
	var wg sync.WaitGroup
	sum := 0
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { sum += recover().(int) }()
			defer func() {
				v := recover().(int)
				panic(v * 2)
			}()
			panic(i)
		}()
	}
	wg.Wait()
	println("sum", sum)
	var mu sync.Mutex
	func() {
		defer func() { println("recovered", recover().(string)) }()
		mu.Lock()
		defer mu.Unlock()
		panic("with a lock")
	}()
	println("unlocked", mu.TryLock())
}
