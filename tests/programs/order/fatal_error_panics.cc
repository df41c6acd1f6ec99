// env: GOMAXPROCS=1
#include <rt0/rt0.h>

struct E {
  int a;
  rt0::Text Error() const { rt0::panic("in Error"); }
};

int main() { rt0::panic(E{1}); }
