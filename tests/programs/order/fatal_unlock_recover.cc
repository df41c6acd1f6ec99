// env: GOMAXPROCS=1
// runlock of an unlocked lock is fatal also after correct uses of that lock.
#include <rt0/rt0.h>

int main() {
  rt0::RWMutex mu;
  mu.lock();
  mu.unlock();
  mu.rlock();
  mu.runlock();
  mu.runlock();
}
