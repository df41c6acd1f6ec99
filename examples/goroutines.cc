// Goroutines, run in turn or in parallel. With GOMAXPROCS=1 the order is fixed: first the one started last (the P's
// runnext), then the others in order of their start. With more Ps, threads run them in parallel.
#include <rt0/rt0.h>

namespace {

int running = 0;

// Several goroutines may count at once, so the count is atomic.
void done() { __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE); }

void plain_function() {
  rt0::println("a plain function");
  done();
}

struct Greeter {
  const char* name;
  void operator()() const {
    rt0::println("a callable object:", name);
    done();
  }
};

}  // namespace

int main() {
  running = 5;
  rt0::go(plain_function);
  rt0::go(Greeter{"gopher"});

  // Captures by value belong to the goroutine; captures by reference must outlive it, here because main waits.
  int sum = 0;
  for (int i = 0; i < 3; i++) {
    rt0::go([i, &sum] {
      rt0::println("lambda", i, "of goroutine", rt0::goid() > 1);
      __atomic_add_fetch(&sum, i, __ATOMIC_RELAXED);
      done();
    });
  }
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) > 0) rt0::gosched();  // lets other goroutines run
  rt0::println("sum", sum);
}
