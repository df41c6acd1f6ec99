// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import "os"

func main() {
	defer println("not reached")
	defer func() {
		println("exits", recover().(string))
		os.Exit(4)
	}()
	panic("p")
}
