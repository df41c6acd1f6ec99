// Waits for a connection that is never made. On a real kernel it would wait for ever.
#include <rt0/rt0.h>

int main() {
  auto [l, err] = rt0::net::listen("tcp", "127.0.0.1:0");
  if (err) rt0::panic("no listener");
  (void)l.accept();
  rt0::println("not reached");
}
