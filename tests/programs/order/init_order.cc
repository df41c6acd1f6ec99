// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// The order of variables and init functions; goroutines started and gosched called during init. Go's compiler finds the
// order itself; here each task names the task before it.
#include <rt0/rt0.h>

namespace {

int a, b, c;

int f(const char* name, int v) {
  rt0::println("var", name);
  return v;
}

void make_a() { a = f("a", b + 1); }
void make_b() { b = f("b", c + 1); }
void make_c() { c = f("c", 1); }

void init1() {
  rt0::println("init 1");
  rt0::go([] { rt0::println("goroutine of init 1"); });
}
void init2() {
  rt0::println("init 2");
  rt0::gosched();
  rt0::println("init 2 end");
}
void init3() {
  rt0::println("init 3");
  rt0::go([] { rt0::println("goroutine of init 3"); });
}

}  // namespace

extern rt0::InitTask rt0_init_b, rt0_init_c;

RT0_INIT(a, make_a, &rt0_init_b);
RT0_INIT(b, make_b, &rt0_init_c);
RT0_INIT(c, make_c);
RT0_INIT(init1, init1, &rt0_init_a);
RT0_INIT(init2, init2, &rt0_init_init1);
RT0_INIT(init3, init3, &rt0_init_init2);

int main() {
  rt0::println("main a", a, "b", b, "c", c);
  rt0::gosched();
  rt0::println("main end");
}
