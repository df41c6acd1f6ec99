// env: GOMAXPROCS=1
// A lock that was used well is no different.
#include <rt0/rt0.h>

int main() {
  rt0::RWMutex mu;
  mu.lock();
  mu.unlock();
  mu.rlock();
  mu.runlock();
  mu.runlock();
}
