// env: GOMAXPROCS=1
package main

type T int
type S string

func main() {
	defer func() { panic(S("a \"text\"\nof two lines")) }()
	defer func() { panic(T(5)) }()
	defer func() { panic(1.5) }()
	panic(true)
}
