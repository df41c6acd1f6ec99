// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  constexpr int kSigterm = 15;
  (void)rt0::os::kill(rt0::os::getpid(), kSigterm);
  rt0::sleep(rt0::seconds(1));
  rt0::println("not reached");
}
