// env: GOMAXPROCS=1
package main

func main() { panic("boom") }
