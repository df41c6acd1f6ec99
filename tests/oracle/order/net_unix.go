// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func show(what string, err error) { println(what, fmt.Sprint(err)) }

func stream() {
	const path = "/tmp/rt0_net_unix.sock"
	os.Remove(path)
	l, err := net.Listen("unix", path)
	show("listen", err)
	_, err = net.Listen("unix", path)
	show("twice", err)
	c, err := net.Dial("unix", path)
	show("dial", err)
	s, _ := l.Accept()
	for i, a := range []net.Addr{c.LocalAddr(), c.RemoteAddr(), s.LocalAddr(), s.RemoteAddr()} {
		if i > 0 {
			print(" ")
		}
		print(a.String())
	}
	println()
	c.Write([]byte("ping"))
	buf := make([]byte, 10)
	n, _ := s.Read(buf)
	println(string(buf[:n]))
	s.SetReadDeadline(time.Now())
	_, err = s.Read(buf)
	show("deadline", err)
	s.SetReadDeadline(time.Time{})
	c.(*net.UnixConn).CloseWrite()
	_, err = s.Read(buf)
	println(err == io.EOF)
	s.Write([]byte("pong"))
	n, _ = c.Read(buf)
	println(string(buf[:n]))
	s.Close()
	_, err = c.Read(buf)
	show("eof", err)
	_, err = c.Write(buf)
	show("pipe", err)
	l.Close()
	_, err = os.Stat(path)
	show("unlinked", err)
	_, err = net.Dial("unix", path)
	show("dial", err)
}

func abstract() {
	l, err := net.Listen("unix", "@rt0-net-unix")
	show("abstract", err)
	println(l.Addr().String())
	c, _ := net.Dial("unix", "@rt0-net-unix")
	println(c.RemoteAddr().String())
	l.Close()
}

func datagrams() {
	const path = "/tmp/rt0_net_unixgram.sock"
	os.Remove(path)
	defer os.Remove(path)
	p, err := net.ListenPacket("unixgram", path)
	show("unixgram", err)
	d, err := net.Dial("unixgram", path)
	show("dial", err)
	d.Write([]byte("datagram"))
	buf := make([]byte, 10)
	n, _, _ := p.ReadFrom(buf)
	println(string(buf[:n]))
	p.SetReadDeadline(time.Now())
	_, _, err = p.ReadFrom(buf)
	show("timeout", err)
	p.Close()
}

func main() {
	stream()
	abstract()
	datagrams()
}
