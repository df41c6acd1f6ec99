// env: GOMAXPROCS=1 GOTRACEBACK=single
#include <rt0/rt0.h>

int main() {
  rt0::go([] { rt0::select(); });
  rt0::gosched();
  rt0::panic("boom");
}
