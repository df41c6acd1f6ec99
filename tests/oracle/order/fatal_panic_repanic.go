// env: GOMAXPROCS=1
package main

func main() {
	defer func() {
		r := recover()
		panic(r)
	}()
	panic("boom")
}
