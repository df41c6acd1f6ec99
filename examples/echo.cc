// A TCP server that sends back what it receives: one goroutine per connection, one thread per busy CPU.
//
//   build/amd64/bin/echo 127.0.0.1:7777        prints "listening on 127.0.0.1:7777"; port 0 takes a free one
#include <rt0/net.h>
#include <rt0/rt0.h>

using namespace rt0;

namespace {

void serve(const net::Conn& conn) {
  char buf[4096];
  for (;;) {
    auto [n, err] = conn.read(buf, sizeof(buf));
    if (err) return;  // io::eof at the client's end; the last handle that goes away closes conn
    if (conn.write(buf, n).err) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto [listener, err] = net::listen("tcp", argc > 1 ? argv[1] : "127.0.0.1:0");
  if (err) {
    println(err);
    return 1;
  }
  fmt::println("listening on", listener.addr());
  for (;;) {
    auto [conn, accept_err] = listener.accept();
    if (accept_err) {
      println(accept_err);
      // Too many open files: clients that are served now will close theirs.
      if (accept_err.is(io::Err::mfile) || accept_err.is(io::Err::nfile)) {
        sleep(ms(10));
        continue;
      }
      return 1;
    }
    go([c = static_cast<net::Conn&&>(conn)] { serve(c); });
  }
}
