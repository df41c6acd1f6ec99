// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	done := make(chan bool)
	go func() {
		println("a")
		go func() {
			println("a1")
			go println("a11")
			go println("a12")
		}()
		go println("a2")
		println("a end")
	}()
	go func() {
		println("b")
		go func() {
			println("b1")
			go func() {
				println("b11")
				done <- true
			}()
		}()
		println("b end")
	}()
	println("main blocks")
	<-done
	println("main resumes")
}
