// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

int main() {
  show("dial", net::dial("tcp", "127.0.0.1:1"));
  show("dial4", net::dial("tcp4", "127.0.0.1:1"));
  show("unix", net::dial("unix", "/nonexistent/socket"));
  show("listen unix", net::listen("unix", "/nonexistent/socket"));
  auto [l, err] = net::listen("tcp", "127.0.0.1:0");
  show("listen", err);
  show("twice", net::listen("tcp", l.addr()));
  show("close", l.close());
  show("close again", l.close());
  show("accept", l.accept());
  show("dial closed", net::dial("tcp", l.addr()));
}
