// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"net"
	"regexp"
	"time"
)

// The ports that the kernel chose, of four and more digits.
var port = regexp.MustCompile(`(\d\.\d+\.\d+\.\d+|\]):\d{4,}`)

func show(what string, err error) {
	println(what, port.ReplaceAllString(fmt.Sprint(err), "$1:P"))
}

func pair(l net.Listener) (c, s net.Conn) {
	c, _ = net.Dial("tcp", l.Addr().String())
	s, _ = l.Accept()
	return c, s
}

func main() {
	done := make(chan bool)
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		_, err := l.Accept()
		show("accept", err)
		done <- true
	}()
	time.Sleep(20 * time.Millisecond)
	l.Close()
	<-done

	buf := make([]byte, 10)
	l, _ = net.Listen("tcp", "127.0.0.1:0")
	c, s := pair(l)
	go func() {
		n, err := c.Read(buf)
		println(n)
		show("read", err)
		done <- true
	}()
	time.Sleep(20 * time.Millisecond)
	err := c.Close()
	<-done
	show("close", err)
	n, err := s.Read(buf)
	println(n)
	show("other side", err)
	s.Close()

	big := make([]byte, 64<<20)
	c, s = pair(l)
	defer s.Close()
	go func() {
		n, err := c.Write(big)
		println(n < len(big))
		show("write", err)
		done <- true
	}()
	time.Sleep(50 * time.Millisecond)
	err = c.Close()
	<-done
	show("close", err)
	_, err = c.Write([]byte("x"))
	show("write after", err)
	_, err = c.Read(buf[:1])
	show("read after", err)
	show("deadline after", c.SetDeadline(time.Now()))
}
