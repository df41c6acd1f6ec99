// env: GOMAXPROCS=1
package main

import "time"

func main() {
	k := time.NewTicker(time.Hour)
	k.Reset(time.Second)
	k.Reset(-time.Second)
}
