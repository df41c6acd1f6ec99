// env: GOMAXPROCS=1
package main

type T int

func main() {
	defer func() { panic(T(5)) }()
	defer func() { panic(1.5) }()
	panic(true)
}
