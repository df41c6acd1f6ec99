// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

static const char* text() { return rt0::recover().as<const char*>(); }

int main() {
  rt0::func([] {
    rt0::Defer d([] {
      rt0::func([] { rt0::println("nested", !rt0::recover()); });
      rt0::println("direct", text());
      rt0::println("again", !rt0::recover());
    });
    rt0::panic("a");
  });
  rt0::func([] {
    rt0::Defer d([] { rt0::println("outer", text()); });
    rt0::Defer e([] { rt0::Defer f([] { rt0::println("deferred by deferred", !rt0::recover()); }); });
    rt0::panic("b");
  });
  rt0::println("end", !rt0::recover());
}
