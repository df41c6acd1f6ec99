// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

namespace {
char big[64 << 20];
char buf[10];
}  // namespace

int main() {
  Done done;
  auto l = net::listen("tcp", "127.0.0.1:0").value;
  go([&] {
    show("accept", l.accept());
    done.done();
  });
  sleep(ms(20));
  (void)l.close();
  done.wait();

  l = net::listen("tcp", "127.0.0.1:0").value;
  auto c = net::dial("tcp", l.addr()).value;
  auto s = l.accept().value;
  go([&] {
    auto [n, err] = c.read(buf, sizeof(buf));
    println(n);
    show("read", err);
    done.done();
  });
  sleep(ms(20));
  net::Error err = c.close();
  done.wait();
  show("close", err);
  auto r = s.read(buf, sizeof(buf));
  println(r.value);
  show("other side", r);
  (void)s.close();

  c = net::dial("tcp", l.addr()).value;
  s = l.accept().value;
  go([&] {
    auto [n, e] = c.write(big, sizeof(big));
    println(n < sizeof(big));
    show("write", e);
    done.done();
  });
  sleep(ms(50));
  err = c.close();
  done.wait();
  show("close", err);
  show("write after", c.write("x"));
  show("read after", c.read(buf, 1));
  show("deadline after", c.set_deadline(now()));
}
