// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

namespace {

// Like Go's io.ReadAll.
Result<FixedText<100>> read_all(const net::Conn& c) {
  Result<FixedText<100>> out;
  for (;;) {
    char buf[16];
    auto [n, err] = c.read(buf, sizeof(buf));
    out.value.put({buf, n});
    if (!err) continue;
    if (!(err == io::eof)) out.err = err;
    return out;
  }
}

}  // namespace

int main() {
  Done done;
  auto l = net::listen("tcp", "127.0.0.1:0").value;
  go([&] {
    auto c = net::dial("tcp", l.addr()).value;
    (void)c.write("request");
    show("closewrite", c.close_write());
    show("write after", c.write("more"));
    auto got = read_all(c);
    println("client", got.value);
    show("client", got);
    (void)c.close();
    done.done();
  });
  auto s = l.accept().value;
  auto got = read_all(s);
  println("server", got.value);
  show("server", got);
  char b[1];
  auto r = s.read(b, 1);
  println(r.value, r.err == io::eof);
  r = s.read(b, 0);
  println(r.value);
  show("nothing", r);
  (void)s.write("answer");
  (void)s.close();
  done.wait();

  auto c = net::dial("tcp", l.addr()).value;
  s = l.accept().value;
  (void)c.write("unread");
  (void)s.read(b, 1);
  (void)s.close();
  show("reset", c.read(b, 1));
  show("write", c.write(b, 1));
  show("close", c.close());
}
