// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::func([] {
    rt0::Defer d([] { rt0::println("got", rt0::recover().as<int>()); });
    rt0::Defer e([] {
      rt0::println("first", rt0::recover().as<const char*>());
      rt0::Defer f([] {
        rt0::println("on the way", rt0::recover().as<int>());
        rt0::panic(3);
      });
      rt0::panic(2);
    });
    rt0::panic("one");
  });
  rt0::func([] {
    rt0::Defer d([] { rt0::println("still", rt0::recover().as<const char*>()); });
    rt0::Defer e([] {
      rt0::Defer f([] { rt0::println("inner", rt0::recover().as<const char*>()); });
      rt0::panic("in deferred");
    });
    rt0::panic("outer");
  });
  rt0::println("end");
}
