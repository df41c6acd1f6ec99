// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"time"
)

// The ports that the kernel chose, of four and more digits.
var port = regexp.MustCompile(`(\d\.\d+\.\d+\.\d+|\]):\d{4,}`)

func show(what string, err error) {
	println(what, port.ReplaceAllString(fmt.Sprint(err), "$1:P"))
}

func main() {
	l, _ := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	c, _ := net.Dial("tcp", l.Addr().String())
	s, _ := l.Accept()
	buf := make([]byte, 10)
	read := func(what string) {
		_, err := c.Read(buf)
		show(what, err)
	}
	done := make(chan bool)

	start := time.Now()
	c.SetReadDeadline(start.Add(30 * time.Millisecond))
	_, err := c.Read(buf)
	took := time.Since(start)
	show("read", err)
	println(took >= 30*time.Millisecond, took < 3*time.Second)
	println(errors.Is(err, os.ErrDeadlineExceeded))
	s.Write([]byte("data"))
	read("again")
	c.SetReadDeadline(time.Time{})
	n, err := c.Read(buf)
	println(n)
	show("cleared", err)
	c.SetDeadline(time.Now().Add(-time.Second))
	read("past read")
	_, err = c.Write(buf)
	show("past write", err)
	c.SetDeadline(time.Time{})
	_, err = c.Write(buf[:4])
	show("write", err)

	go func() {
		read("waiter")
		done <- true
	}()
	time.Sleep(20 * time.Millisecond)
	c.SetReadDeadline(time.Now())
	<-done

	c.SetReadDeadline(time.Now().Add(40 * time.Millisecond))
	go func() {
		read("moved")
		done <- true
	}()
	time.Sleep(20 * time.Millisecond)
	c.SetReadDeadline(time.Now().Add(time.Hour))
	time.Sleep(50 * time.Millisecond)
	s.Write([]byte("late"))
	<-done

	l.SetDeadline(time.Now().Add(10 * time.Millisecond))
	_, err = l.Accept()
	show("accept", err)
}
