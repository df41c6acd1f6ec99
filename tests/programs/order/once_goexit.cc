// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Once: other callers wait until it is done. A function that ends its goroutine counts as called.
#include <rt0/rt0.h>

int main() {
  rt0::Once o;
  rt0::WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::println("enter", i);
      o.do_([i] {
        rt0::println("once by", i);
        rt0::gosched();
        rt0::println("once end", i);
      });
      rt0::println("leave", i);
      wg.done();
    });
  }
  wg.wait();
  rt0::Once q;
  rt0::go([&] {
    q.do_([] {
      rt0::gosched();
      rt0::println("goexit");
      rt0::goexit_now();
    });
    rt0::println("never");
  });
  rt0::gosched();
  for (int i = 0; i < 2; i++) {
    wg.add(1);
    rt0::go([&, i] {
      q.do_([] { rt0::println("never"); });
      rt0::println("past", i);
      wg.done();
    });
  }
  wg.wait();
  rt0::println("end");
}
