// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  ptrdiff_t n = static_cast<ptrdiff_t>(1) << (sizeof(ptrdiff_t) * 8 - 4);
  rt0::Chan<int> c(n);
  rt0::println(c.cap());
}
