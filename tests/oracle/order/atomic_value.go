// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// atomic.Value: what it holds, and each of its panics
package main

import "sync/atomic"

type point struct{ x, y int }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			println(name, r.(string))
		} else {
			println(name, "ok")
		}
	}()
	f()
}

func main() {
	var v atomic.Value
	println(v.Load() == nil)
	try("store nil", func() { v.Store(nil) })
	try("swap nil", func() { v.Swap(nil) })
	try("cas nil", func() { v.CompareAndSwap(1, nil) })
	try("cas nil nil", func() { v.CompareAndSwap(nil, nil) })
	println(v.CompareAndSwap(1, 2))
	try("cas types", func() { v.CompareAndSwap("one", 2) })
	println(v.Load() == nil, v.Swap(1) == nil, v.Load().(int))
	println(v.Swap(2).(int), v.Load().(int))
	println(v.CompareAndSwap(1, 3), v.CompareAndSwap(2, 3), v.CompareAndSwap(nil, 4), v.Load().(int))
	try("store other", func() { v.Store("text") })
	try("swap other", func() { v.Swap(point{1, 2}) })
	try("cas other", func() { v.CompareAndSwap("a", "b") })
	try("cas types", func() { v.CompareAndSwap(3, "b") })
	try("cas nil other", func() { v.CompareAndSwap(nil, "b") })
	println(v.Load().(int))

	var s atomic.Value
	println(s.CompareAndSwap(nil, "first"), s.Load().(string))
	text := "fir"
	text += "st"
	println(s.CompareAndSwap(text, "second"), s.CompareAndSwap("first", "third"), s.Load().(string))

	var p atomic.Value
	p.Store(point{1, 2})
	println(p.CompareAndSwap(point{1, 3}, point{5, 6}), p.CompareAndSwap(point{1, 2}, point{3, 4}))
	println(p.Load().(point).x, p.Load().(point).y)
	try("store pointer", func() { p.Store(&point{}) })
}
