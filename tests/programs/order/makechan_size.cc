// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  int n = -1;
  rt0::Chan<int> c(n);
  rt0::println(c.cap());
}
