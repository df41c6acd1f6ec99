// What programs with thread_local variables have beside sched/thread_pointer.h.
#ifndef RT0_TLS
#define RT0_TLS 1
#endif
#include "sched/above.h"
#include "sched/thread_pointer.h"

// The room that arch/tls_block.h speaks of. rt0.ld puts these two first and last. mkpclntab looks for the symbol.
__asm__(
    "  .section .rt0_tls_first, \"awT\", %progbits\n"
    "  .p2align 6\n"
    "  .zero 64\n"
    "  .section .rt0_tls_last, \"awT\", %nobits\n"
    "  .p2align 6\n"
    "  .globl runtime.tls_room\n"
    "  .type runtime.tls_room, %tls_object\n"
    "  .size runtime.tls_room, 64\n"
    "runtime.tls_room:\n"
    "  .zero 64\n"
    "  .previous\n");

namespace rt0 {

void run_tls_end() {
  if (run_thread_end != nullptr) run_thread_end();
}

uintptr new_tls_block(const G* newg) {
  const TlsBlock b = TlsBlock::at(newg->stack.hi);
  if (b.low() < newg->stack.lo + (newg->stack.hi - newg->stack.lo) / 2)
    fatal("the thread_local variables are too large for a goroutine's stack");
  b.init();
  return b.low();
}

// The simulated kernel goes on with another thread, whose current g is gp.
void sim_thread_pointer(G* gp) {
  M* const mp = gp->m;
  if (const G* cur = mp->curg.load_relaxed(); cur != nullptr) thread_pointer_to(cur);
  else thread_pointer_to(mp);
}

}  // namespace rt0
