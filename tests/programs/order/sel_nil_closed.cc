// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Nil and closed channels in selects; setting a channel to nil switches its case off.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> n, c(2);
  c.send(1);
  c.send(2);
  c.close();
  for (int i = 0; i < 3; i++) {
    rt0::select(rt0::recv(n, [] { rt0::println("nil"); }),          //
                rt0::send(n, 1, [] { rt0::println("nil send"); }),  //
                rt0::recv(c, [&](int v, bool ok) { rt0::println(v, ok, c.len(), c.cap()); }));
  }
  rt0::select(rt0::recv(n), rt0::otherwise([] { rt0::println("default"); }));
  rt0::select(rt0::send(n, 3), rt0::otherwise([] { rt0::println("default"); }));
  rt0::println(n.len(), n.cap());
  rt0::select(rt0::recv(c, [](int v, bool ok) { rt0::println(v, ok); }),
              rt0::otherwise([] { rt0::println("default"); }));
  rt0::Chan<int> in(0);
  rt0::go([in] {
    for (int i = 0; i < 3; i++) in.send(i);
    in.close();
  });
  rt0::Chan<int> out(3), i = in, o;
  int v = 0;
  while (i || o) {
    rt0::select(rt0::recv(i,
                          [&](int x, bool ok) {
                            i = {};
                            if (ok) {
                              v = x;
                              o = out;
                            }
                            rt0::println("in", x, ok);
                          }),
                rt0::send(o, v * 10, [&] {
                  rt0::println("out", v * 10);
                  i = in;
                  o = {};
                }));
  }
  rt0::println(out.len());
}
