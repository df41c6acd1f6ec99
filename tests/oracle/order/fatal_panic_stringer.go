// env: GOMAXPROCS=1
package main

type S struct{ a int }

func (S) String() string { return "I am\nS" }

type E struct{ a int }

func (E) Error() string { return "error E" }

func main() {
	defer func() { panic(E{1}) }()
	panic(S{1})
}
