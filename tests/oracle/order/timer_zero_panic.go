// env: GOMAXPROCS=1
package main

import "time"

func main() {
	var t time.Timer
	println("nil:", t.C == nil)
	t.Stop()
}
