// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// One channel in several cases of a select, in both directions.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  int sends = 0, recvs = 0;
  auto step = [&](int v) {
    rt0::select(rt0::send(c, v, [&] { sends++; }), rt0::recv(c, [&] { recvs++; }), rt0::recv(c, [&] { recvs++; }));
  };
  rt0::Chan<bool> done(0);
  for (int i = 0; i < 10; i++) {
    rt0::go([&step, done, i] {
      for (int r = 0; r < 50; r++) step(i);
      done.send(true);
    });
  }
  for (int i = 0; i < 9; i++) {
    done.recv();
    rt0::gosched();
  }
  done.recv();
  rt0::println(sends, recvs);
}
