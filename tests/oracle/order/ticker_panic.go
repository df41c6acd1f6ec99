// env: GOMAXPROCS=1
package main

import "time"

func main() {
	var k time.Ticker
	k.Stop()
	println("stop of a zero Ticker does nothing")
	time.NewTicker(0)
}
