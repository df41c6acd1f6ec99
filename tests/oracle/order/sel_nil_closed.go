// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

func main() {
	var n chan int
	c := make(chan int, 2)
	c <- 1
	c <- 2
	close(c)
	for i := 0; i < 3; i++ {
		select {
		case <-n:
			println("nil")
		case n <- 1:
			println("nil send")
		case v, ok := <-c:
			println(v, ok, len(c), cap(c))
		}
	}
	select {
	case <-n:
	default:
		println("default")
	}
	select {
	case n <- 3:
	default:
		println("default")
	}
	println(len(n), cap(n))
	select {
	case v, ok := <-c:
		println(v, ok)
	default:
		println("default")
	}
	in := make(chan int)
	go func() {
		for i := 0; i < 3; i++ {
			in <- i
		}
		close(in)
	}()
	out := make(chan int, 3)
	i, o := in, out
	o = nil
	v := 0
	for i != nil || o != nil {
		select {
		case x, ok := <-i:
			i = nil
			if ok {
				v, o = x, out
			}
			println("in", x, ok)
		case o <- v * 10:
			println("out", v*10)
			i, o = in, nil
		}
	}
	println(len(out))
}
