// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// A buffered channel of 3, one producer, one consumer.
package main

import "sync"

func main() {
	c := make(chan int, 3)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		for i := range 8 {
			c <- i
			println("p", i)
		}
		close(c)
	}()
	go func() {
		defer wg.Done()
		for v := range c {
			println("   c", v)
		}
	}()
	wg.Wait()
}
