// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func helper() { println("helper", recover() == nil) }

func main() {
	func() {
		defer func() {
			func() { println("nested", recover() == nil) }()
			println("direct", recover().(string))
			println("again", recover() == nil)
		}()
		panic("a")
	}()
	func() {
		defer func() { println("outer", recover().(string)) }()
		defer func() {
			defer func() { println("deferred by deferred", recover() == nil) }()
		}()
		panic("b")
	}()
	println("end", recover() == nil)
}
