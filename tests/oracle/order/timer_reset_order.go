// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// timers on a heap that are moved to earlier and later
package main

import "time"

func main() {
	done := make(chan bool)
	var t [10]*time.Timer
	for i := range t {
		t[i] = time.AfterFunc(time.Duration(40+20*i)*time.Millisecond, func() {
			print("f", i, " ")
			if i == 3 {
				done <- true
			}
		})
	}
	println("stop 4", t[4].Stop())
	println("stop 0", t[0].Stop())
	println("reset 9", t[9].Reset(16*time.Millisecond))
	println("reset 3", t[3].Reset(320*time.Millisecond))
	println("reset 1", t[1].Reset(210*time.Millisecond))
	println("reset 4", t[4].Reset(190*time.Millisecond))
	println("reset 8", t[8].Reset(68*time.Millisecond))
	<-done
	print("\n")
}
