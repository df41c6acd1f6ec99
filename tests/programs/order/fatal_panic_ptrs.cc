// env: GOMAXPROCS=1
#include <rt0/rt0.h>
using namespace rt0;

struct P {
  int a;
};
static void nothing() {}

int main() {
  int x = 1;
  Defer a([&] { panic(&x); });
  Defer b([] {
    P* p = new P{1};
    panic(&p);
  });
  Defer c([] { panic(nothing); });
  Defer d([] { panic(Chan<int>(0)); });
  panic(new P{1});
}
