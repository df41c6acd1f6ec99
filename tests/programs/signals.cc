// signals raise N: sends signal N to itself and prints that it is still there. signals stack: prints stacks as text.
#include "kernel_iface/kernel.h"

#include <rt0/rt0.h>

[[gnu::noinline]] static void inner() {
  char buf[4096];
  const size_t n = rt0::stack(buf, sizeof(buf), true);
  rt0::print(rt0::Text{buf, n});
  const size_t cut = rt0::stack(buf, 10, false);
  rt0::println("cut", cut, rt0::Text{buf, cut});
}

int main(int argc, char** argv) {
  if (argc < 2) return 9;
  if (argc == 2) {
    rt0::Chan<int> c(0);
    rt0::go([&] { (void)c.recv(); });
    rt0::gosched();
    inner();
    return 0;
  }
  rt0::u32 sig = 0;
  for (const char* p = argv[2]; *p != '\0'; p++) sig = sig * 10 + static_cast<rt0::u32>(*p - '0');
  (void)rt0::kernel->tgkill(rt0::kernel->gettid(), sig);
  rt0::sleep(rt0::ms(20));
  rt0::println("still here");
}
