// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// The prime sieve: a growing chain of goroutines.
#include <rt0/rt0.h>

namespace {

void gen(const rt0::Chan<int>& c) {
  for (int i = 2;; i++) c.send(i);
}

void filter(const rt0::Chan<int>& in, const rt0::Chan<int>& out, int p) {
  for (;;)
    if (int i = in.recv(); i % p != 0) out.send(i);
}

}  // namespace

int main() {
  rt0::Chan<int> c(0);
  rt0::go([c] { gen(c); });
  for (int i = 0; i < 60; i++) {
    int p = c.recv();
    rt0::print(p, " ");
    rt0::Chan<int> n(0);
    rt0::go([c, n, p] { filter(c, n, p); });
    c = n;
  }
  rt0::println();
}
