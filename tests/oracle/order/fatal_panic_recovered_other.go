// env: GOMAXPROCS=1
package main

func main() {
	defer func() {
		recover()
		panic("second")
	}()
	panic("first")
}
