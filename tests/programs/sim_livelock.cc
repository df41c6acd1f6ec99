// A ticker goes on for ever while main waits for a value that is never sent: no deadlock, but the program never ends.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<int> c(0);
  go([=] {
    for (;;) sleep(ms(1));
  });
  (void)c.recv();
}
