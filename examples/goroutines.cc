// Goroutines: started by go, run by turns or in parallel. With GOMAXPROCS=1 their order is always the same: the one
// started last runs first (it is "next"), the others as they were started. With more Ps, threads run them in parallel.
#include <rt0/rt0.h>

namespace {

// main waits for these: a program ends when main returns, whatever other goroutines still do.
constinit rt0::WaitGroup running{};

void plain_function() {
  rt0::println("a plain function");
  running.done();
}

struct Greeter {
  const char* name;
  void operator()() const { rt0::println("a callable object:", name); }
};

}  // namespace

int main() {
  running.add(1);  // one more to wait for, until done() is called
  rt0::go(plain_function);
  running.go(Greeter{"gopher"});  // the two in one

  // Captures by value belong to the goroutine; captures by reference must outlive it, here because main waits. Several
  // goroutines may add at once, so the sum is atomic.
  rt0::atomic::Int32 sum;
  for (int i = 0; i < 3; i++) {
    running.go([i, &sum] {
      rt0::println("lambda", i, "of goroutine", rt0::goid() > 1);
      sum.add(i);
    });
  }
  running.wait();  // lets the others run
  rt0::println("sum", sum.load());
}
