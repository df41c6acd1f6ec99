// env: GOMAXPROCS=1
#include <rt0/rt0.h>

[[gnu::noinline]] static int f(int n) {
  if (n == 0) rt0::panic("deep");
  volatile int m = n - 1;
  return f(m) + 1;
}

int main() { rt0::println(f(200)); }
