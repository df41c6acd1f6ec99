// env: GOMAXPROCS=1
package main

//go:noinline
func f(n int) int { return f(n+1) + 1 }

func main() { println(f(0)) }
