// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func count() (n int) {
	defer func() { n *= 2 }()
	for i := 0; i < 3; i++ {
		func() {
			defer println("leave", i)
			println("in", i)
		}()
		n++
	}
	return n
}

func named() (r int) {
	defer func() { recover(); r = 7 }()
	panic("x")
}

func deep(n int) {
	defer func() {
		if n%25 == 0 {
			println("unwound", n)
		}
	}()
	if n == 100 {
		panic("bottom")
	}
	deep(n + 1)
}

func main() {
	println(count())
	println(named())
	func() {
		defer func() { println(recover().(string)) }()
		deep(0)
	}()
	for i := 0; i < 3; i++ {
		func() {
			defer func() { println("caught", recover().(int)) }()
			panic(i)
		}()
	}
	println("end")
}
