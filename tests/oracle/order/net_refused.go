// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"net"
	"regexp"
)

// The ports that the kernel chose, of four and more digits.
var port = regexp.MustCompile(`(\d\.\d+\.\d+\.\d+|\]):\d{4,}`)

func show(what string, err error) {
	println(what, port.ReplaceAllString(fmt.Sprint(err), "$1:P"))
}

func dial(what, network, addr string) {
	_, err := net.Dial(network, addr)
	show(what, err)
}

func main() {
	dial("dial", "tcp", "127.0.0.1:1")
	dial("dial4", "tcp4", "127.0.0.1:1")
	dial("unix", "unix", "/nonexistent/socket")
	_, err := net.Listen("unix", "/nonexistent/socket")
	show("listen unix", err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	show("listen", err)
	_, err = net.Listen("tcp", l.Addr().String())
	show("twice", err)
	show("close", l.Close())
	show("close again", l.Close())
	_, err = l.Accept()
	show("accept", err)
	dial("dial closed", "tcp", l.Addr().String())
}
