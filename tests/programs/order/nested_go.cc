// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Chan<bool> done(0);
  rt0::go([] {
    rt0::println("a");
    rt0::go([] {
      rt0::println("a1");
      rt0::go([] { rt0::println("a11"); });
      rt0::go([] { rt0::println("a12"); });
    });
    rt0::go([] { rt0::println("a2"); });
    rt0::println("a end");
  });
  rt0::go([done] {
    rt0::println("b");
    rt0::go([done] {
      rt0::println("b1");
      rt0::go([done] {
        rt0::println("b11");
        done.send(true);
      });
    });
    rt0::println("b end");
  });
  rt0::println("main blocks");
  done.recv();
  rt0::println("main resumes");
}
