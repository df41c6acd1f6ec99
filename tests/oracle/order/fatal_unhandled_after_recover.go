// env: GOMAXPROCS=1
package main

func f() {
	defer func() { println("recovered", recover().(string)) }()
	panic("one")
}

func main() {
	f()
	defer println("deferred")
	panic("two")
}
