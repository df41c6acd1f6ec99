// Several goroutines panic and recover again and again; each also recovers from a panic during its Goexit, which must
// go on after that. Then main ends with three panics in a row.
#include <rt0/rt0.h>

static int done;

static void many() {
  rt0::Defer d([] { __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST); });
  rt0::Defer g([] {
    rt0::func([] {
      rt0::Defer r([] { (void)rt0::recover(); });
      rt0::panic("below Goexit");
    });
  });
  for (int i = 0; i < 100000; i++)
    rt0::func([] {
      rt0::Defer r([] { (void)rt0::recover(); });
      rt0::panic(1);
    });
  rt0::goexit_now();
}

int main() {
  for (int i = 0; i < 4; i++) rt0::go(many);
  while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) != 4) rt0::gosched();
  rt0::println("all");
  rt0::Defer c([] { rt0::panic("three"); });
  rt0::Defer b([] { rt0::panic("two"); });
  rt0::panic("one");
}
