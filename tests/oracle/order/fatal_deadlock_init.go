// env: GOMAXPROCS=1
// A deadlock inside an init function.
package main

func init() { <-make(chan int) }

func main() { println("main") }
