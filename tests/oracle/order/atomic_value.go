// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// atomic.Value: what it holds, and each of its panics
package main

import (
	"math"
	"sync/atomic"
	"time"
)

type point struct{ x, y int }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				println(name, e.Error())
			} else {
				println(name, r.(string))
			}
		} else {
			println(name, "ok")
		}
	}()
	f()
}

type five struct{ a, b, c, d, e int32 }
type ten struct{ x, y five }
type padded struct {
	c byte
	n int64
}

func swaps(name string, x, y any) {
	var v atomic.Value
	v.Store(x)
	println(name, v.CompareAndSwap(y, y), v.CompareAndSwap(x, y), v.CompareAndSwap(x, y),
		v.CompareAndSwap(y, x), v.CompareAndSwap(y, x))
}

func compared() {
	swaps("five", five{1, 2, 3, 4, 5}, five{1, 2, 3, 4, 6})
	swaps("ten", ten{five{1, 2, 3, 4, 5}, five{6, 7, 8, 9, 10}}, ten{five{1, 2, 3, 4, 5}, five{6, 7, 8, 9, 11}})
	swaps("padded", padded{1, 2}, padded{1, 3})
	swaps("float", 0.5, 1.5)
	swaps("duration", time.Millisecond, 2*time.Millisecond)
	swaps("text", "same", "other")
	var v atomic.Value
	v.Store(0.0)
	println(v.CompareAndSwap(math.Copysign(0, -1), math.NaN()))
	println(v.CompareAndSwap(v.Load(), 1.0))

	var f atomic.Value
	println(f.CompareAndSwap(compared, compared))
	f.Store(compared)
	println(f.CompareAndSwap(nil, compared))
	try("func", func() { f.CompareAndSwap(compared, compared) })
	try("any of a func", func() { f.CompareAndSwap(f.Load(), compared) })
	var g atomic.Value
	n := 0
	closure := func() int { return n }
	g.Store(closure)
	try("closure", func() { g.CompareAndSwap(closure, closure) })
	try("any of a closure", func() { g.CompareAndSwap(g.Load(), closure) })
}

func main() {
	ints()
	compared()

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

func ints() {
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
}
