// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
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
  rt0::func([&] {
    rt0::Defer d([] { rt0::println("recovered", rt0::recover().as<const char*>()); });
    q.do_([] { rt0::panic("x"); });
  });
  q.do_([] { rt0::println("never"); });
  rt0::println("end");
}
