// env: GOMAXPROCS=1
package main

type E struct{ a int }

func (E) Error() string { panic("in Error") }

func main() { panic(E{1}) }
