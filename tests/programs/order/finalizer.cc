// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1
#include <rt0/rt0.h>

namespace {

struct T {
  int id;
  char b[64];
};

// A function of its own, so that no word in main's frame points to one of the objects.
[[gnu::noinline]] void make() {
  for (int i = 0; i < 4; i++) {
    T* t = new T{i, {}};
    rt0::set_finalizer(t, [](T* p) { rt0::println("fin", p->id); });
  }
}

}  // namespace

int main() {
  make();
  rt0::gc();
  rt0::println("gc done");
  rt0::gosched();
  rt0::println("after Gosched");
  rt0::sleep(rt0::ms(10));
  rt0::println("end", rt0::num_goroutine());
}
