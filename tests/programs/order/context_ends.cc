// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: what without_cancel hides, deadlines behind values, and contexts that are looked at when they have ended.
#include <rt0/rt0.h>

namespace context = rt0::context;

static constinit context::Key<const char*> key{};

int main() {
  auto [a, cancel_a] = context::with_timeout(context::background(), rt0::hours(1));
  const context::Context value = context::with_value(a, key, "one");
  rt0::println("behind a value", value.deadline().ok);
  const context::Context free = context::without_cancel(value);
  rt0::println("without", free.deadline().ok, free.done() == nullptr, *free.value(key));
  auto [b, cancel_b] = context::with_cancel(free);
  auto [c, cancel_c] = context::with_timeout(free, rt0::hours(2));
  rt0::println("below", b.deadline().ok, c.deadline().ok, c.deadline().deadline.after(a.deadline().deadline));
  cancel_a();
  rt0::println("ended", a.err(), b.err(), c.err());
  // The program calls done() of a and of late only after these have ended.
  a.done().recv();
  auto [late, cancel_late] = context::with_cancel(value);
  late.done().recv();
  rt0::println("late", late.err(), context::cause(late));
  cancel_b();
  b.done().recv();
  rt0::println("b", b.err(), c.err());
  cancel_c();
  cancel_late();
  // A child that has ended is not ended again by its parent, and keeps its own cause.
  auto [d, cancel_d] = context::with_cancel_cause(context::background());
  auto [e, cancel_e] = context::with_cancel_cause(d);
  cancel_e(context::Error("of the child"));
  cancel_d(context::Error("of the parent"));
  rt0::println(context::cause(d), context::cause(e));
  auto [f, cancel_f] = context::with_timeout(d, rt0::hours(1), context::Error("slow"));
  rt0::println(f.err(), context::cause(f));
  cancel_f();
}
