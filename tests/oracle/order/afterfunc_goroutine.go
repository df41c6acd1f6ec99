// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// f runs in a goroutine of its own: it may block, and start its timer again
package main

import "time"

func main() {
	c := make(chan int)
	var t *time.Timer
	n := 0
	t = time.AfterFunc(time.Millisecond, func() {
		n++
		k := n
		if n < 4 {
			println("f", k, "starts it again:", t.Reset(time.Millisecond))
		}
		c <- k
		println("f", k, "ends")
	})
	time.Sleep(30 * time.Millisecond)
	println("four wait:", n)
	for i := 0; i < 4; i++ {
		println("got", <-c)
	}
	time.Sleep(5 * time.Millisecond)
	println("stop", t.Stop())
}
