// env: GOMAXPROCS=1
package main

import "time"

func main() {
	time.AfterFunc(time.Millisecond, func() {
		panic("in f")
	})
	time.Sleep(time.Second)
	println("not reached")
}
