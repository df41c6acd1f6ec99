// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  wg.add(1);
  rt0::go([&] {
    wg.wait();
    rt0::println("not reached");
  });
  rt0::gosched();
  wg.done();
  wg.add(1);
  rt0::gosched();
}
