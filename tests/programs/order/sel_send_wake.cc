// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Selects that send: each value leaves through one channel only.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> a(0);
  rt0::Chan<const char*> b(1);
  b.send("full");
  for (int i = 0; i < 4; i++) {
    rt0::go([=] {
      rt0::select(rt0::send(a, i, [&] { rt0::println("g", i, "sent a"); }),
                  rt0::send(b, "late", [&] { rt0::println("g", i, "sent b"); }));
    });
  }
  rt0::gosched();
  rt0::println(b.recv());
  rt0::println(a.recv());
  rt0::println(a.recv());
  rt0::println(b.recv());
  rt0::println(a.recv());
  rt0::gosched();
  rt0::println("left", b.len());
}
