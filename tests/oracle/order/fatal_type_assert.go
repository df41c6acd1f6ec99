// env: GOMAXPROCS=1
package main

func main() {
	defer func() { println(recover().(int)) }()
	panic("text")
}
