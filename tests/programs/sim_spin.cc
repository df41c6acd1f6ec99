// Loops that wait for another goroutine without ever calling into the runtime.
#include <rt0/rt0.h>

int main() {
  static volatile int flag = 0;
  rt0::go([] {
    rt0::sleep(rt0::ms(5));
    flag = 1;
  });
  while (flag == 0) {}
  rt0::println("flag");

  rt0::atomic::Int32 turn;
  rt0::go([&] { turn.store(1); });
  while (turn.load() == 0) {}
  rt0::println("turn");
}
