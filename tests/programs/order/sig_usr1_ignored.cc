// env: GOMAXPROCS=1
#include "kernel_iface/kernel.h"

#include <rt0/rt0.h>

int main() {
  constexpr rt0::u32 kSigusr1 = 10;
  (void)rt0::kernel->tgkill(rt0::kernel->gettid(), kSigusr1);
  rt0::sleep(rt0::ms(10));
  rt0::println("not reached?");
}
