// env: GOMAXPROCS=1
package main

var nowhere *int

func main() { println(*nowhere) }
