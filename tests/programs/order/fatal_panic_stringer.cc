// env: GOMAXPROCS=1
#include <rt0/rt0.h>

struct S {
  int a;
  rt0::Text String() const { return {"I am\nS", 6}; }
};
struct E {
  int a;
  rt0::Text Error() const { return {"error E", 7}; }
};

int main() {
  rt0::Defer d([] { rt0::panic(E{1}); });
  rt0::panic(S{1});
}
