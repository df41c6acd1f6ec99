// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Chan<bool> done(0);
  rt0::go([&] {
    rt0::Defer a([&] {
      rt0::println("last", !rt0::recover());
      done.close();
    });
    rt0::Defer b([] { rt0::println("third"); });
    rt0::Defer c([] {
      rt0::Defer d([] { rt0::println("second"); });
      rt0::Defer e([] { rt0::println("recovered", rt0::recover().as<const char*>()); });
      rt0::panic("during Goexit");
    });
    rt0::Defer f([] { rt0::println("first", !rt0::recover()); });
    rt0::goexit_now();
  });
  (void)done.recv();
  rt0::Chan<bool> done2(0);
  rt0::go([&] {
    rt0::Defer a([&] {
      rt0::println("b last", !rt0::recover());
      done2.close();
    });
    rt0::Defer b([] { rt0::println("b recovered", rt0::recover().as<const char*>()); });
    rt0::Defer c([] { rt0::panic("passes by"); });
    rt0::goexit_now();
  });
  (void)done2.recv();
  rt0::Chan<bool> done3(0);
  rt0::go([&] {
    rt0::Defer a([&] {
      rt0::println("c last", !rt0::recover());
      done3.close();
    });
    rt0::Defer b([] { rt0::println("c nil", !rt0::recover()); });
    rt0::Defer c([] { rt0::goexit_now(); });
    rt0::panic("aborted");
  });
  (void)done3.recv();
  rt0::Chan<bool> done4(0);
  rt0::go([&] {
    rt0::Defer a([&] {
      rt0::println("d last", !rt0::recover());
      done4.close();
    });
    rt0::func([] {
      rt0::Defer b([] { rt0::println("d recovered", rt0::recover().as<const char*>()); });
      rt0::Defer c([] { rt0::panic("passes by"); });
      rt0::goexit_now();
    });
    rt0::println("d goes on");
  });
  (void)done4.recv();
  rt0::println("end");
}
