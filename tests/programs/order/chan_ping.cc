// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// An unbuffered channel: a sender goroutine, and main as receiver.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  rt0::Chan<bool> done(0);
  rt0::go([=] {
    for (int i = 0; i < 5; i++) {
      rt0::println("send", i);
      c.send(i);
      rt0::println("sent", i);
    }
    c.close();
    rt0::println("closed");
    done.send(true);
  });
  for (auto v : c) rt0::println("recv", v);
  rt0::println("range done");
  done.recv();
  rt0::println("end");
}
