// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  constexpr int kSigusr1 = 10;
  (void)rt0::os::kill(rt0::os::getpid(), kSigusr1);
  rt0::sleep(rt0::ms(10));
  rt0::println("not reached?");
}
