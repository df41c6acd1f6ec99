// env: GOMAXPROCS=1
#include "kernel_iface/kernel.h"

#include <rt0/rt0.h>

int main() {
  constexpr rt0::u32 kSignal = 3;
  (void)rt0::kernel->tgkill(rt0::kernel->gettid(), kSignal);
  rt0::sleep(rt0::seconds(1));
  rt0::println("not reached");
}
