// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// RWMutex::rlocker in a Cond: all waiters hold the mutex for reading; and once_values, with a panic
#include <rt0/rt0.h>

using rt0::println;

namespace {

struct Two {
  int n;
  const char* s;
};

void locker() {
  rt0::RWMutex mu;
  auto r = mu.rlocker();
  println(r == mu.rlocker());
  rt0::Cond c(r);
  rt0::WaitGroup wg;
  bool ready = false;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([&, i] {
      r.lock();
      while (!ready) {
        println("waits", i);
        c.wait();
      }
      const bool w = mu.try_lock(), also = mu.try_rlock();
      println("goes", i, w, also);
      mu.runlock();
      r.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  c.broadcast();
  rt0::gosched();
  mu.lock();
  ready = true;
  c.broadcast();
  println("set");
  mu.unlock();
  wg.wait();
  println(mu.try_lock());
  mu.unlock();
}

void values() {
  rt0::WaitGroup wg;
  int calls = 0;
  auto f = rt0::once_values([&] {
    calls++;
    rt0::gosched();
    return Two{42, "two"};
  });
  for (int i = 0; i < 2; i++) {
    wg.add(1);
    rt0::go([&, i] {
      const auto& [n, s] = f();
      println(i, n, s);
      wg.done();
    });
  }
  wg.wait();
  auto g = rt0::once_values([&]() -> Two {
    calls++;
    rt0::panic("from g");
  });
  for (int i = 0; i < 2; i++) {
    rt0::func([&] {
      rt0::Defer d([i] { println(i, rt0::recover().as<const char*>()); });
      const auto [n, err] = g();
      println(n);
    });
  }
  println("calls", calls);
}

}  // namespace

int main() {
  locker();
  values();
}
