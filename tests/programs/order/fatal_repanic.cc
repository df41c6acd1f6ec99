// env: GOMAXPROCS=1
#include <rt0/rt0.h>
using namespace rt0;

int main() {
  Defer a([] { panic("C"); });
  Defer b([] {
    println("again");
    panic(recover());
  });
  Defer c([] { panic(recover()); });
  panic("boom");
}
