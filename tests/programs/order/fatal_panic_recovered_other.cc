// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] {
    (void)rt0::recover();
    rt0::panic("second");
  });
  rt0::panic("first");
}
