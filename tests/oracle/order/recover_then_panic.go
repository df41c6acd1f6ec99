// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	func() {
		defer func() { println("got", recover().(int)) }()
		defer func() {
			println("first", recover().(string))
			defer func() { println("on the way", recover().(int)); panic(3) }()
			panic(2)
		}()
		panic("one")
	}()
	func() {
		defer func() { println("still", recover().(string)) }()
		defer func() {
			defer func() { println("inner", recover().(string)) }()
			panic("in deferred")
		}()
		panic("outer")
	}()
	println("end")
}
