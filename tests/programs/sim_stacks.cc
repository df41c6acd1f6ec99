// Goroutines that print tracebacks while others run. A traceback's length depends on the ISA and the compiler; the
// order of events must not. With an argument n: n goroutines that wait for ever, and the tracebacks of all.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

constexpr int kDepth = 12;

[[gnu::noinline]] void deeper(int n) {
  if (n > 0) {
    deeper(n - 1);
    asm volatile("");
    return;
  }
  print_stack();
}

void all_wait(int n) {
  Mutex mu;
  mu.lock();
  for (int i = 0; i < n; i++) go([&] { mu.lock(); });
  mu.lock();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) all_wait(argv[1][0] - '0');
  WaitGroup wg;
  atomic::Int32 x;
  for (int i = 0; i < 4; i++)
    wg.go([&, i] {
      for (int j = 0; j < 12; j++) {
        deeper(1 + (i + j) % 3 + kDepth);
        x.store(x.load() + 1);
      }
    });
  wg.wait();
  fmt::println("x =", x.load());
}
