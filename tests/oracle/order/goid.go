// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
package main

import (
	"runtime"
	"strings"
)

func show(who string) {
	var b [40]byte
	head, _, _ := strings.Cut(string(b[:runtime.Stack(b[:], false)]), ":")
	println(who, head)
}

func main() {
	show("main")
	done := make(chan bool)
	for range 3 {
		go func() {
			show("g")
			done <- true
		}()
	}
	for range 3 {
		<-done
	}
	println("NumGoroutine", runtime.NumGoroutine())
	for i := range 20 {
		go func() {
			if i == 0 || i >= 18 {
				show("h")
			}
			done <- true
		}()
		<-done
	}
	println("NumGoroutine", runtime.NumGoroutine())
}
