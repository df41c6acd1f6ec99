// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// tags: faketime
// sixty AfterFuncs, a few deadlines
package main

import "time"

func main() {
	done := make(chan bool)
	for i := 0; i < 60; i++ {
		time.AfterFunc(time.Duration(i*i*7%11+1)*time.Millisecond, func() { print(i, " ") })
	}
	time.AfterFunc(20*time.Millisecond, func() { print("last\n"); done <- true })
	<-done
}
