// env: GOMAXPROCS=1
#include <rt0/rt0.h>
using namespace rt0;

int main() {
  Semaphore s(1);
  s.acquire(1);
  s.acquire(1);
}
