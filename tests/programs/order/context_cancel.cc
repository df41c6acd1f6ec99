// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: cancel reaches the whole tree, parents first; only the first call counts; values and causes.
#include <rt0/rt0.h>

namespace context = rt0::context;

static constinit context::Key<const char*> key1{}, key2{}, key3{};

int main() {
  const context::Context root = context::background();
  rt0::println(root.done() == nullptr, root.err());
  auto [a, cancel_a] = context::with_cancel_cause(root);
  auto [b, cancel_b] = context::with_cancel(context::with_value(a, key1, "one"));
  auto [c, cancel_c] = context::with_cancel(context::with_value(b, key2, "two"));
  rt0::println(*c.value(key1), *c.value(key2), c.value(key3) == nullptr, a.value(key1) == nullptr);
  rt0::WaitGroup wg;
  const context::Context all[] = {a, b, c};
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([&wg, i, x = all[i]] {
      x.done().recv();
      rt0::println("done", i, x.err(), context::cause(x));
      wg.done();
    });
  }
  rt0::gosched();
  cancel_c();
  rt0::println("c", a.err(), b.err(), c.err());
  rt0::gosched();
  cancel_a(context::Error("enough"));
  cancel_a(context::Error("too late"));
  rt0::println("a", a.err(), b.err(), c.err());
  cancel_b();
  wg.wait();
  rt0::println(context::cause(a), context::cause(b), context::cause(c));
  auto [d, cancel_d] = context::with_cancel(b);
  rt0::println("late child", d.err(), context::cause(d));
  cancel_d();
  const context::Context e = context::without_cancel(b);
  rt0::println("without", e.err(), e.done() == nullptr, *e.value(key1), context::cause(e));
  rt0::println(d.deadline().ok);
}
