// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

type job struct{ id, n int }
type result struct {
	who int
	job
}

func main() {
	jobs, results := make(chan job, 2), make(chan result)
	quit := make(chan struct{})
	for w := 0; w < 3; w++ {
		go func() {
			for {
				select {
				case j := <-jobs:
					println("worker", w, "job", j.id)
					results <- result{w, job{j.id, j.n * j.n}}
				case <-quit:
					println("worker", w, "quits")
					quit <- struct{}{}
					return
				}
			}
		}()
	}
	go func() {
		for i := 0; i < 8; i++ {
			jobs <- job{i, i + 1}
			println("queued", i)
		}
	}()
	for i := 0; i < 8; i++ {
		r := <-results
		println("result", r.who, r.id, r.n)
	}
	for i := 0; i < 3; i++ {
		quit <- struct{}{}
		<-quit
	}
	println("end")
}
