// env: GOMAXPROCS=1
package main

import "time"

func main() {
	for _, d := range []time.Duration{0, -1} {
		func() {
			defer func() { println(recover().(string)) }()
			k := time.NewTicker(time.Hour)
			k.Reset(d)
		}()
		func() {
			defer func() {
				switch e := recover().(type) {
				case string:
					println(e)
				case error:
					println(e.Error())
				}
			}()
			time.NewTicker(d)
		}()
	}
	var t time.Timer
	func() {
		defer func() { println(recover().(string)) }()
		t.Reset(1)
	}()
	func() {
		defer func() { println(recover().(string)) }()
		t.Stop()
	}()
	var k time.Ticker
	k.Stop()
	println("stop of a zero Ticker does nothing")
	time.NewTicker(0)
}
