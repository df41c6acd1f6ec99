// env: GOMAXPROCS=1
// Senders that wait panic when the channel is closed.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  for (int i = 0; i < 3; i++) rt0::go([c, i] { c.send(i); });
  rt0::gosched();
  rt0::println(c.recv());
  c.close();
  rt0::println("closed");
  rt0::gosched();
  rt0::println("not reached");
}
