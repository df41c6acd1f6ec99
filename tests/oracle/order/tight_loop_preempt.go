// env: GOMAXPROCS=1
package main

import "time"

func main() {
	go func() {
		for {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	println("main runs again")
}
