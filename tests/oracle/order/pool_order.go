// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Pool: Get takes the private slot first, then the P's other values, last in first out; Put ignores nil.
package main

import "sync"

func main() {
	made := 0
	p := sync.Pool{New: func() any { made++; v := made * 100; return &v }}
	get := func() int { return *p.Get().(*int) }
	println(get(), get())
	v := []int{1, 2, 3, 4, 5}
	for i := range v {
		p.Put(&v[i])
	}
	p.Put(nil)
	for i := 0; i < 7; i++ {
		print(get(), " ")
	}
	println()
	var q sync.Pool
	println(q.Get() == nil)
	q.Put(&v[0])
	println(q.Get() == any(&v[0]), q.Get() == nil)
}
