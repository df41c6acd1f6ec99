// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: deadlines.
#include <rt0/rt0.h>

namespace context = rt0::context;

int main() {
  auto [a, cancel_a] = context::with_timeout(context::background(), rt0::ms(20));
  auto [b, cancel_b] = context::with_timeout(a, rt0::hours(1));
  const auto da = a.deadline(), db = b.deadline();
  rt0::println(da.deadline.equal(db.deadline), db.ok);
  if (b.done().try_recv().ready) rt0::println("early");
  else rt0::println("not yet", b.err());
  b.done().recv();
  rt0::println(a.err(), b.err(), context::cause(b));
  cancel_b();
  cancel_a();
  auto [c, cancel_c] = context::with_timeout(context::background(), rt0::ms(10), context::Error("slow"));
  c.done().recv();
  rt0::println(c.err(), context::cause(c));
  cancel_c();
  auto [d, cancel_d] = context::with_timeout(context::background(), rt0::hours(1));
  cancel_d();
  d.done().recv();
  rt0::println(d.err(), context::cause(d));
  auto [e, cancel_e] = context::with_timeout(context::background(), rt0::ns(-1));
  rt0::println(e.err());
  cancel_e();
}
