// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex, normal mode: a woken waiter that finds the mutex taken waits in front. Runs twice: the first may be slow.
#include <rt0/rt0.h>

static void scene(bool show) {
  const auto say = [show](const auto&... a) {
    if (show) rt0::println(a...);
  };
  rt0::Mutex mu;
  rt0::WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 4; i++) {
    wg.add(1);
    rt0::go([&, i] {
      mu.lock();
      say("got", i);
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 3; i++) {
    mu.unlock();
    const bool first = mu.try_lock();
    say("try", first, mu.try_lock());
    rt0::gosched();
  }
  say("last");
  mu.unlock();
  say("free", mu.try_lock());
  mu.unlock();
  wg.wait();
  say("free", mu.try_lock());
}

int main() {
  scene(false);
  scene(true);
}
