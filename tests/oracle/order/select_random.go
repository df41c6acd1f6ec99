// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// When several cases are ready, each is chosen equally often.
package main

func main() {
	a, b := make(chan int, 1), make(chan int, 1)
	n := 0
	for range 10000 {
		a <- 1
		b <- 1
		select {
		case <-a:
			n++
			<-b
		case <-b:
			<-a
		}
	}
	println("both chosen:", n > 4500 && n < 5500)
}
