// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::RWMutex mu;
  mu.rlock();
  rt0::go([&] { mu.rlock(); });
  rt0::gosched();
  rt0::go([&] { mu.lock(); });
  rt0::gosched();
  rt0::go([&] { mu.rlock(); });
  rt0::gosched();
  mu.lock();
}
