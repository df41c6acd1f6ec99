// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  constexpr int kSigquit = 3;
  (void)rt0::os::kill(rt0::os::getpid(), kSigquit);
  rt0::sleep(rt0::seconds(1));
  rt0::println("not reached");
}
