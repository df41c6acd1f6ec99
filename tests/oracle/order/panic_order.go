// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	func() {
		defer func() { println("outer recover:", recover().(string)) }()
		defer println("outer d1")
		func() {
			defer println("inner d1")
			defer func() {
				println("inner recover:", recover().(string))
				panic("second")
			}()
			defer println("inner d2")
			panic("first")
		}()
		println("not reached")
	}()
	func() {
		defer func() { println("r:", recover() == nil) }()
	}()
	func() {
		defer func() { println("last:", recover().(string)) }()
		defer panic("three")
		defer panic("two")
		panic("one")
	}()
	println("end")
}
