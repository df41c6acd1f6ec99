// env: GOMAXPROCS=1
package main

func main() { panic(42) }
