// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include "net_show.h"

using namespace rt0;

int main() {
  auto l = net::listen("tcp", "127.0.0.1:0").value;
  auto c = net::dial("tcp", l.addr()).value;
  auto s = l.accept().value;
  char buf[10] = {};

  const Time t = now();
  (void)c.set_read_deadline(t.add(ms(30)));
  auto r = c.read(buf, sizeof(buf));
  show("read", r);
  println(since(t) >= ms(30), since(t) < seconds(3));
  println(r.err.is(net::Err::timeout));
  (void)s.write("data");
  show("again", c.read(buf, sizeof(buf)));
  (void)c.set_read_deadline(Time{});
  r = c.read(buf, sizeof(buf));
  println(r.value);
  show("cleared", r);
  (void)c.set_deadline(now().add(-seconds(1)));
  show("past read", c.read(buf, sizeof(buf)));
  show("past write", c.write(buf, sizeof(buf)));
  (void)c.set_deadline(Time{});
  show("write", c.write(buf, 4));
  Done done;
  go([&] {
    show("waiter", c.read(buf, sizeof(buf)));
    done.done();
  });
  sleep(ms(20));
  (void)c.set_read_deadline(now());
  done.wait();
  (void)c.set_read_deadline(now().add(ms(40)));
  go([&] {
    show("moved", c.read(buf, sizeof(buf)));
    done.done();
  });
  sleep(ms(20));
  (void)c.set_read_deadline(now().add(hours(1)));
  sleep(ms(50));
  (void)s.write("late");
  done.wait();
  (void)l.set_deadline(now().add(ms(10)));
  show("accept", l.accept());
}
