// env: GOMAXPROCS=1
#include <rt0/rt0.h>

enum class T : int {};

int main() {
  rt0::Defer a([] { rt0::panic(T(5)); });
  rt0::Defer b([] { rt0::panic(1.5); });
  rt0::panic(true);
}
