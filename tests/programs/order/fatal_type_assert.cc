// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] { rt0::println(rt0::recover().as<int>()); });
  rt0::panic("text");
}
