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

func listen(what, network, addr string) {
	_, err := net.Listen(network, addr)
	show(what, err)
}

func listenPacket(what, network, addr string) {
	_, err := net.ListenPacket(network, addr)
	show(what, err)
}

func main() {
	for _, a := range []string{
		"", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:foo", "::1", "[::1", "[::1]",
		"[::1]x:1", "[::1]]:1", "a[b:1", "a]b:1", "1:2:3", "[1:2]:3:4", ":", "127.0.0.1:1", ":1", "[::1]:1",
	} {
		dial("dial "+a, "tcp", a)
	}
	for _, a := range []string{
		"[::1%lo]:1", "[::1%1]:1", "[::1%nope]:1", "[::1%a%b]:1", "[::1%]:1", "[::1%4294967297]:1", "127.0.0.1%1:1",
		"[%lo]:1", "[::ffff:127.0.0.1%lo]:1", "[::1%lo", "[::1]%lo:1", "[::1%16777220]:1",
	} {
		dial("dial "+a, "tcp", a)
	}
	for _, a := range []string{"127.0.0.1", "127.0.0.1:99999", "127.0.0.1:foo", "[::1", "1:2:3"} {
		listen("listen "+a, "tcp", a)
		listenPacket("listen udp "+a, "udp", a)
	}
	for _, n := range []string{"", "foo", "ip", "tcp5", "TCP", "udp"} {
		listen("network "+n, n, "127.0.0.1:4000")
	}
	dial("foo", "foo", "127.0.0.1:1")
	listenPacket("packet tcp", "tcp", "127.0.0.1:4000")
	dial("tcp4 ::1", "tcp4", "[::1]:1")
	dial("tcp6 127.0.0.1", "tcp6", "127.0.0.1:1")
	_, err := net.Dial("tcp", "localhost:1")
	println(err != nil)
	println(net.JoinHostPort("::1", "80"), net.JoinHostPort("localhost", "http"))
	dial("unix", "unix", "")
}
