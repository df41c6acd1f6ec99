// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Goroutines select on the same two channels: which event wakes which goroutine, and in which order they run.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> a(0), b(0);
  rt0::Chan<bool> done(10);
  for (int i = 0; i < 5; i++) {
    rt0::go([=] {
      rt0::select(rt0::recv(a, [&](int v, bool ok) { rt0::println("g", i, "a", v, ok); }),
                  rt0::recv(b, [&](int v, bool ok) { rt0::println("g", i, "b", v, ok); }));
      done.send(true);
    });
  }
  rt0::gosched();
  a.send(1);
  b.send(2);
  rt0::println("sent two", done.len());
  b.close();
  rt0::println("closed b");
  for (int i = 0; i < 5; i++) done.recv();
  rt0::println("end", done.len(), done.cap());
}
