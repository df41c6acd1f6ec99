// env: GOMAXPROCS=1
package main

func main() { <-make(chan int) }
