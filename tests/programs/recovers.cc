// Deferred calls, panics and recoveries, in Go's order. Prints "ok" at its end.
#include <rt0/rt0.h>

static int divide() {
  RT0_RECOVER_RETURN(7);
  rt0::Defer last([] { rt0::println("last"); });
  rt0::Defer d([] {
    rt0::Recovered r = rt0::recover();
    if (const int* v = r.get<int>()) rt0::println("recovered", *v);
  });
  rt0::panic(42);
}

// A value larger than what Recovered has room for: it is whole, and nothing beside the Recovered is written over.
struct Big {
  unsigned long long words[20];
};

static void large() {
  struct Place {
    alignas(rt0::Recovered) unsigned char recovered[sizeof(rt0::Recovered)], after[sizeof(Big)];
  };
  static Place place = {};
  rt0::func([] {
    rt0::Defer d([] {
      auto* r = ::new (rt0::detail::InPlace{}, place.recovered) rt0::Recovered(rt0::recover());
      bool whole = true, kept = true;
      for (unsigned i = 0; i < 20; i++) whole = whole && r->as<Big>().words[i] == 1 + i;
      for (const unsigned char c : place.after) kept = kept && c == 0;
      rt0::println("large", whole, kept);
      r->~Recovered();
    });
    Big big;
    for (unsigned i = 0; i < 20; i++) big.words[i] = 1 + i;
    rt0::panic(big);
  });
}

int main() {
  rt0::println(divide());
  rt0::func([] {
    rt0::Defer d([] {
      rt0::func([] { rt0::Defer inner([] { rt0::println("inner nil", !rt0::recover()); }); });
      rt0::println("outer", static_cast<bool>(rt0::recover()));
    });
    rt0::panic("text");
  });
  rt0::println("nil", !rt0::recover());
  for (int i = 0; i < 1000; i++)
    if (rt0::func([]() -> int {
          rt0::Defer d([] { (void)rt0::recover(); });
          rt0::panic(1);
        }) != 0)
      return 1;
  large();
  rt0::println("ok");
}
