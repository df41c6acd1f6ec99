// env: GOMAXPROCS=1
package main

func main() {
	n := 1 << 60
	c := make(chan int, n)
	println(cap(c))
}
