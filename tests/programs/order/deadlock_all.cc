// env: GOMAXPROCS=1
// All goroutines sleep, each for another reason.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0), n, d(0);
  rt0::go([=] { c.recv(); });
  rt0::gosched();
  rt0::go([=] { d.send(1); });
  rt0::gosched();
  rt0::go([=] { n.recv_ok(); });
  rt0::gosched();
  rt0::go([=] { n.send(2); });
  rt0::gosched();
  rt0::go([=] { rt0::select(rt0::recv(c), rt0::send(n, 1)); });
  rt0::gosched();
  rt0::select(rt0::recv(n), rt0::send(n, 1));
}
