// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Once o;
  o.do_([&] { o.do_([] { rt0::println("never"); }); });
}
