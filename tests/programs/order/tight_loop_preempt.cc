// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::go([] {
    for (;;) __asm__ volatile("");
  });
  rt0::sleep(rt0::ms(20));
  rt0::println("main runs again");
}
