// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

static int count() {
  int n = 0;
  rt0::func([&] {
    rt0::Defer d([&] { n *= 2; });
    for (int i = 0; i < 3; i++) {
      rt0::func([i] {
        rt0::Defer e([i] { rt0::println("leave", i); });
        rt0::println("in", i);
      });
      n++;
    }
  });
  return n;
}

static int named() {
  int r = 0;
  RT0_RECOVER_RETURN(r);
  rt0::Defer d([&] {
    (void)rt0::recover();
    r = 7;
  });
  rt0::panic("x");
}

static void deep(int n) {
  rt0::Defer d([n] {
    if (n % 25 == 0) rt0::println("unwound", n);
  });
  if (n == 100) rt0::panic("bottom");
  deep(n + 1);
}

int main() {
  rt0::println(count());
  rt0::println(named());
  rt0::func([] {
    rt0::Defer d([] { rt0::println(rt0::recover().as<const char*>()); });
    deep(0);
  });
  for (int i = 0; i < 3; i++)
    rt0::func([i] {
      rt0::Defer d([] { rt0::println("caught", rt0::recover().as<int>()); });
      rt0::panic(i);
    });
  rt0::println("end");
}
