// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"io"
	"net"
	"regexp"
)

// The ports that the kernel chose, of four and more digits.
var port = regexp.MustCompile(`(\d\.\d+\.\d+\.\d+|\]):\d{4,}`)

func show(what string, err error) {
	println(what, port.ReplaceAllString(fmt.Sprint(err), "$1:P"))
}

func main() {
	done := make(chan bool)
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		c, _ := net.Dial("tcp", l.Addr().String())
		c.Write([]byte("request"))
		show("closewrite", c.(*net.TCPConn).CloseWrite())
		_, err := c.Write([]byte("more"))
		show("write after", err)
		got, err := io.ReadAll(c)
		println("client", string(got))
		show("client", err)
		c.Close()
		done <- true
	}()
	s, _ := l.Accept()
	got, err := io.ReadAll(s)
	println("server", string(got))
	show("server", err)
	b := make([]byte, 1)
	n, err := s.Read(b)
	println(n, err == io.EOF)
	n, err = s.Read(nil)
	println(n)
	show("nothing", err)
	s.Write([]byte("answer"))
	s.Close()
	<-done

	c, _ := net.Dial("tcp", l.Addr().String())
	s, _ = l.Accept()
	c.Write([]byte("unread"))
	s.Read(b)
	s.Close()
	_, err = c.Read(b)
	show("reset", err)
	_, err = c.Write(b)
	show("write", err)
	show("close", c.Close())
}
