// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

namespace {
char big[70000];
}

int main() {
  auto [a, err] = net::listen_packet("udp", "127.0.0.1:0");
  show("listen", err);
  auto b = net::listen_packet("udp", "127.0.0.1:0").value;
  auto w = a.write_to("hello", 5, b.local_addr());
  println(w.value);
  show("write", w);
  char buf[100];
  auto r = b.read_from(buf, sizeof(buf));
  println(r.value.n, Bytes{buf, r.value.n}, r.value.from.text == a.local_addr());
  show("read", r);
  (void)a.write_to("one", 3, b.local_addr());
  (void)a.write_to("second", 6, b.local_addr());
  (void)a.write_to("", 0, b.local_addr());
  r = b.read_from(buf, 2);
  println(r.value.n, Bytes{buf, r.value.n});
  r = b.read_from(buf, sizeof(buf));
  println(r.value.n, Bytes{buf, r.value.n});
  r = b.read_from(buf, sizeof(buf));
  println(r.value.n);
  show("empty", r);
  (void)b.set_read_deadline(now().add(ms(10)));
  show("timeout", b.read_from(buf, sizeof(buf)));
  auto [c, dial_err] = net::dial("udp", b.local_addr());
  show("dial", dial_err);
  println(c.write("by conn").value);
  (void)b.set_read_deadline(Time{});
  r = b.read_from(buf, sizeof(buf));
  println(Bytes{buf, r.value.n}, r.value.from.text == c.local_addr());
  (void)b.write_to("answer", 6, r.value.from);
  auto answer = c.read(buf, sizeof(buf));
  println(Bytes{buf, answer.value});
  show("answer", answer);
  show("too long", a.write_to(big, sizeof(big), b.local_addr()));
  (void)b.close();
  show("closed", b.read_from(buf, sizeof(buf)));
  show("write to nobody", c.write("x"));
  sleep(ms(20));
  show("read from nobody", c.read(buf, sizeof(buf)));
  show("close", c.close());
  show("close again", c.close());
}
