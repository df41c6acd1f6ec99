// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Chan<bool> done(0);
  rt0::go([&] {
    rt0::Defer d1([&] {
      rt0::println("d1");
      done.send(true);
    });
    rt0::Defer d2([] { rt0::println("d2 recover:", !rt0::recover()); });
    rt0::func([] {
      rt0::Defer d([] { rt0::println("inner d"); });
      rt0::goexit_now();
    });
    rt0::println("not reached");
  });
  (void)done.recv();
  rt0::println("end");
}
