// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// sync.Map, as far as its order is defined.
package main

import "sync"

func main() {
	var m sync.Map
	_, ok := m.Load(1)
	println(ok)
	m.Store(1, 10)
	v, loaded := m.LoadOrStore(1, 11)
	println(v.(int), loaded)
	v, loaded = m.LoadOrStore(2, 20)
	println(v.(int), loaded)
	println(m.CompareAndSwap(1, 10, 12), m.CompareAndSwap(1, 10, 13), m.CompareAndSwap(9, 0, 1))
	v, loaded = m.Swap(2, 22)
	println(v.(int), loaded)
	v, loaded = m.Swap(3, 30)
	println(v == nil, loaded)
	println(m.CompareAndDelete(3, 31), m.CompareAndDelete(3, 30))
	v, loaded = m.LoadAndDelete(1)
	println(v.(int), loaded)
	m.Delete(1)
	for i := 0; i < 100; i++ {
		m.Store(i, i*i)
	}
	n, s := 0, 0
	m.Range(func(k, v any) bool { n++; s += v.(int); return true })
	println(n, s)
	n = 0
	m.Range(func(k, v any) bool { n++; return n < 5 })
	println(n)
	m.Clear()
	m.Range(func(k, v any) bool { println("never"); return true })
}
