// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> a(1), b(1), c(0);
  b.send(7);
  rt0::select(rt0::recv(a, [](int v) { rt0::println("a", v); }),  //
              rt0::recv(b, [](int v) { rt0::println("b", v); }),  //
              rt0::send(c, 1, [] { rt0::println("c"); }));
  rt0::select(rt0::recv(a, [](int v) { rt0::println("a", v); }),  //
              rt0::send(c, 1, [] { rt0::println("c"); }),         //
              rt0::otherwise([] { rt0::println("default"); }));
  rt0::go([c] { rt0::println("goroutine got", c.recv()); });
  rt0::select(rt0::recv(a, [](int v) { rt0::println("a", v); }),  //
              rt0::send(c, 42, [] { rt0::println("sent on c"); }));
  rt0::gosched();
  rt0::Chan<int> nilc;
  a.close();
  rt0::select(rt0::recv(a, [](int v, bool ok) { rt0::println("closed a", v, ok); }),
              rt0::recv(nilc, [] { rt0::println("nil"); }));
}
