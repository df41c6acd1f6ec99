// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// An unbuffered channel: a sender goroutine, and main as receiver.
package main

func main() {
	c, done := make(chan int), make(chan bool)
	go func() {
		for i := range 5 {
			println("send", i)
			c <- i
			println("sent", i)
		}
		close(c)
		println("closed")
		done <- true
	}()
	for v := range c {
		println("recv", v)
	}
	println("range done")
	<-done
	println("end")
}
