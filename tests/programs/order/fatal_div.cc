// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  volatile int x = 0;
  rt0::println(1 / x);
}
