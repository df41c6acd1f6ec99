// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

struct S {
  int a, b;
};

template <class F>
static void attempt(const char* name, F f) {
  RT0_RECOVER_RETURN();
  rt0::Defer d([name] {
    const rt0::Recovered r = rt0::recover();
    if (r.is<rt0::RuntimeError>()) rt0::println(name, r.as<rt0::RuntimeError>().Error());
    else rt0::println(name, "no runtime error");
  });
  f();
}

template <class T>
static rt0::Recovered any(const T& v) {
  return rt0::Recovered(rt0::Any{&rt0::detail::kType<T>, &v});
}

int main() {
  S* volatile s = nullptr;
  volatile int zero = 0;
  rt0::Chan<int> c;
  rt0::Recovered x = any<const char*>("text");
  attempt("nil", [&] { rt0::println(s->b); });
  attempt("div", [&] { rt0::println(7 / zero); });
  attempt("mod", [&] { rt0::println(7 % zero); });
  attempt("close", [&] { c.close(); });
  attempt("closed", [&] {
    c = rt0::Chan<int>(0);
    c.close();
    c.send(1);
  });
  attempt("type", [&] { rt0::println(x.as<int>()); });
  attempt("type of error", [&] {
    x = any(7);
    rt0::println(x.as<const char*>());
  });
  attempt("type of nil", [&] {
    x = rt0::Recovered();
    rt0::println(x.as<const char*>());
  });
  attempt("nil panic", [] { rt0::panic(nullptr); });
  attempt("other", [] { rt0::panic("text"); });
  rt0::println("end");
}
