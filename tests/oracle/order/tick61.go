// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// At every 61st tick of a P the global queue comes first: main, which Gosched puts there, runs again among the 250
// goroutines of the local queue.
package main

import "runtime"

func main() {
	for i := range 250 {
		go print(i, " ")
	}
	for r := range 8 {
		runtime.Gosched()
		print("[main ", r, "] ")
	}
	print("\n")
}
