// env: GOMAXPROCS=1
// A select waits to send, and its channel is closed.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> a(0), b(0);
  rt0::go([b] { b.close(); });
  rt0::select(rt0::recv(a), rt0::send(b, 1));
}
