// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// When several cases are ready, each is chosen equally often.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> a(1), b(1);
  int n = 0;
  for (int i = 0; i < 10000; i++) {
    a.send(1);
    b.send(1);
    rt0::select(rt0::recv(a,
                          [&] {
                            n++;
                            b.recv();
                          }),
                rt0::recv(b, [&] { a.recv(); }));
  }
  rt0::println("both chosen:", n > 4500 && n < 5500);
}
