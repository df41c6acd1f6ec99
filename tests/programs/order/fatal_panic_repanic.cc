// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] {
    rt0::Recovered r = rt0::recover();
    rt0::panic(r);
  });
  rt0::panic("boom");
}
