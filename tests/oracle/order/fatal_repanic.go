// env: GOMAXPROCS=1
package main

func main() {
	defer func() { panic("C") }()
	defer func() { println("again"); panic(recover()) }()
	defer func() { panic(recover()) }()
	panic("boom")
}
