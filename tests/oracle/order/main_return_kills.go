// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	go func() {
		println("never printed")
		select {}
	}()
	defer println("deferred runs")
	println("main returns without yielding")
}
