// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Mutex mu;
  rt0::Cond c(mu);
  mu.lock();
  rt0::go([&] {
    mu.lock();
    c.wait();
  });
  c.wait();
}
