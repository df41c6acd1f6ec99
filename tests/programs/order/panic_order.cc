// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

static const char* text() { return rt0::recover().as<const char*>(); }

int main() {
  rt0::func([] {
    rt0::Defer a([] { rt0::println("outer recover:", text()); });
    rt0::Defer b([] { rt0::println("outer d1"); });
    rt0::func([] {
      rt0::Defer c([] { rt0::println("inner d1"); });
      rt0::Defer d([] {
        rt0::println("inner recover:", text());
        rt0::panic("second");
      });
      rt0::Defer e([] { rt0::println("inner d2"); });
      rt0::panic("first");
    });
    rt0::println("not reached");
  });
  rt0::func([] { rt0::Defer a([] { rt0::println("r:", !rt0::recover()); }); });
  rt0::func([] {
    rt0::Defer a([] { rt0::println("last:", text()); });
    rt0::Defer b([] { rt0::panic("three"); });
    rt0::Defer c([] { rt0::panic("two"); });
    rt0::panic("one");
  });
  rt0::println("end");
}
