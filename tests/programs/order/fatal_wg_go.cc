// env: GOMAXPROCS=1
#include <rt0/rt0.h>
using namespace rt0;

int main() {
  WaitGroup wg;
  wg.go([] { goexit_now(); });
  wg.wait();
  println("went on");
  wg.go([] { panic("boom"); });
  wg.wait();
  println("not reached");
}
