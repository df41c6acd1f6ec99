// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Timer t;
  rt0::println("nil:", t.c() == nullptr);
  t.stop();
}
