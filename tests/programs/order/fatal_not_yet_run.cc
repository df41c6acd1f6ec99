// env: GOMAXPROCS=1 GOTRACEBACK=all GODEBUG=asyncpreemptoff=1
// Goroutines that have not yet run, in stack() and in a dump
#include <rt0/rt0.h>

namespace {

void waits() { rt0::select(); }
void other() { rt0::select(); }

[[gnu::noinline]] void starts(void (*f)()) {
  rt0::go(f);
  rt0::go([] {
    rt0::println("not reached");
    rt0::go([] { waits(); });
  });
}

char text[1 << 16];

}  // namespace

int main() {
  int n = 0;
  rt0::Chan<int> c(0);
  rt0::go(waits);
  rt0::go([&n, c] { n = c.recv(); });
  starts(other);
  rt0::print(rt0::builtin::Text(text, rt0::runtime::stack(text, sizeof(text), true)));
  rt0::panic("boom");
}
