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

func main() {
	a, err := net.ListenPacket("udp", "127.0.0.1:0")
	show("listen", err)
	b, _ := net.ListenPacket("udp", "127.0.0.1:0")
	n, err := a.WriteTo([]byte("hello"), b.LocalAddr())
	println(n)
	show("write", err)
	buf := make([]byte, 100)
	n, from, err := b.ReadFrom(buf)
	println(n, string(buf[:n]), from.String() == a.LocalAddr().String())
	show("read", err)

	for _, s := range []string{"one", "second", ""} {
		a.WriteTo([]byte(s), b.LocalAddr())
	}
	n, _, _ = b.ReadFrom(buf[:2])
	println(n, string(buf[:n]))
	n, _, _ = b.ReadFrom(buf)
	println(n, string(buf[:n]))
	n, _, err = b.ReadFrom(buf)
	println(n)
	show("empty", err)
	b.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, _, err = b.ReadFrom(buf)
	show("timeout", err)

	c, err := net.Dial("udp", b.LocalAddr().String())
	show("dial", err)
	n, _ = c.Write([]byte("by conn"))
	println(n)
	b.SetReadDeadline(time.Time{})
	n, from, _ = b.ReadFrom(buf)
	println(string(buf[:n]), from.String() == c.LocalAddr().String())
	b.WriteTo([]byte("answer"), from)
	n, err = c.Read(buf)
	println(string(buf[:n]))
	show("answer", err)
	_, err = a.WriteTo(make([]byte, 70000), b.LocalAddr())
	show("too long", err)

	b.Close()
	_, _, err = b.ReadFrom(buf)
	show("closed", err)
	_, err = c.Write([]byte("x"))
	show("write to nobody", err)
	time.Sleep(20 * time.Millisecond)
	_, err = c.Read(buf)
	show("read from nobody", err)
	show("close", c.Close())
	show("close again", c.Close())
}
