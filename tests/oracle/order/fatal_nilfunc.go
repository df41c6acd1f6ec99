// env: GOMAXPROCS=1
package main

func main() {
	var f func()
	f()
}
