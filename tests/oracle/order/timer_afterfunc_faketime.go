// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// tags: faketime
// Six AfterFuncs with equal deadlines, one before them and one after.
package main

import "time"

func main() {
	last := make(chan bool)
	for i := range 6 {
		time.AfterFunc(10*time.Millisecond, func() { print("f", i, " ") })
	}
	time.AfterFunc(5*time.Millisecond, func() { print("early ") })
	time.AfterFunc(20*time.Millisecond, func() {
		print("last\n")
		close(last)
	})
	<-last
}
