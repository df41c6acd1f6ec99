// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

namespace {

// Both strings joined, for show().
FixedText<100> with(StrArg a, StrArg b) {
  FixedText<100> t;
  t.put(a);
  t.put(b);
  return t;
}

}  // namespace

int main() {
  const char* const dialed[] = {
      "",         "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:foo", "::1",       "[::1", "[::1]",
      "[::1]x:1", "[::1]]:1",  "a[b:1",           "a]b:1",        "1:2:3",         "[1:2]:3:4", ":",    "127.0.0.1:1",
      ":1",       "[::1]:1"};
  const char* const zones[] = {"[::1%lo]:1",    "[::1%1]:1",  "[::1%nope]:1",
                               "[::1%a%b]:1",   "[::1%]:1",   "[::1%4294967297]:1",
                               "127.0.0.1%1:1", "[%lo]:1",    "[::ffff:127.0.0.1%lo]:1",
                               "[::1%lo",       "[::1]%lo:1", "[::1%16777220]:1"};
  const char* const listened[] = {"127.0.0.1", "127.0.0.1:99999", "127.0.0.1:foo", "[::1", "1:2:3"};
  const char* const networks[] = {"", "foo", "ip", "tcp5", "TCP", "udp"};
  for (const char* a : dialed) show(with("dial ", a), net::dial("tcp", a));
  for (const char* a : zones) show(with("dial ", a), net::dial("tcp", a));
  for (const char* a : listened) {
    show(with("listen ", a), net::listen("tcp", a));
    show(with("listen udp ", a), net::listen_packet("udp", a));
  }
  for (const char* n : networks) show(with("network ", n), net::listen(n, "127.0.0.1:4000"));
  show("foo", net::dial("foo", "127.0.0.1:1"));
  show("packet tcp", net::listen_packet("tcp", "127.0.0.1:4000"));
  show("tcp4 ::1", net::dial("tcp4", "[::1]:1"));
  show("tcp6 127.0.0.1", net::dial("tcp6", "127.0.0.1:1"));
  println(static_cast<bool>(net::dial("tcp", "localhost:1").err));
  println(net::join_host_port("::1", "80"), net::join_host_port("localhost", "http"));
  show("unix", net::dial("unix", ""));
}
