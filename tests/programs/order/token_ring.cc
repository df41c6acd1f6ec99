// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Two tokens run around a ring of buffered and unbuffered channels.
#include <rt0/rt0.h>

int main() {
  constexpr int n = 7;
  rt0::Chan<int> cs[n];
  for (int i = 0; i < n; i++) cs[i] = rt0::Chan<int>(i % 2);
  rt0::Chan<int> done(0);
  for (int i = 0; i < n; i++) {
    rt0::go([&cs, done, i] {
      for (auto v : cs[i]) {
        rt0::print(i, ":", v, " ");
        if (v == 0) {
          done.send(i);
          return;
        }
        cs[(i + 1) % n].send(v - 1);
        if (v % 5 == 0) rt0::gosched();
      }
    });
  }
  cs[0].send(40);
  cs[3].send(31);
  const int first = done.recv();
  rt0::println("| done", first);
  const int second = done.recv();
  rt0::println("| done", second);
}
