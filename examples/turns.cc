// Two goroutines that take turns by gosched: each yields after every line, so their lines alternate. Run it with
//   RT0_TRACE=- GOMAXPROCS=1 build/amd64/bin/turns
// and the GoStart and GoStop events alternate between the two.
#include <rt0/rt0.h>

namespace {

void count(const char* who, int& running) {
  for (int i = 1; i <= 3; i++) {
    rt0::println(who, i);
    rt0::gosched();
  }
  __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
}

}  // namespace

int main() {
  int running = 2;
  rt0::go([&] { count("tick", running); });
  rt0::go([&] { count("tock", running); });
  while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) > 0) rt0::gosched();
}
