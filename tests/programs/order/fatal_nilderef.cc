// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  int* volatile p = nullptr;
  rt0::println(*p);
}
