// Four goroutines read a file at the same time: their system calls take time, and there are fewer Ps than goroutines.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  WaitGroup wg;
  atomic::Int32 bytes, zeroes;
  for (int i = 0; i < 4; i++) {
    wg.go([&] {
      auto [f, err] = os::open("/dev/zero");
      if (err) panic("no /dev/zero");
      char buf[64];
      for (int k = 0; k < 8; k++) {
        auto got = f.read(buf, sizeof(buf));
        bytes.add(static_cast<int>(got.value));
        if (buf[k] == 0) zeroes.add(1);
      }
    });
  }
  int counted = 0;
  while (counted < 50) {
    counted++;
    gosched();
  }
  wg.wait();
  println("read", bytes.load() > 0, "zeroes", zeroes.load(), "counted", counted);
}
