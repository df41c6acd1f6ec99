// env: GOMAXPROCS=1
package main

func main() {
	a, b := make(chan int), make(chan int)
	go func() { close(b) }()
	select {
	case <-a:
	case b <- 1:
	}
}
