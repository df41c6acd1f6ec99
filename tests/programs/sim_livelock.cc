// A ticker that goes on for ever, while main waits for what nobody sends: it is not a deadlock, and has no end.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<int> c(0);
  go([=] {
    for (;;) sleep(ms(1));
  });
  (void)c.recv();
}
