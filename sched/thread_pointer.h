// The thread pointer, in programs that have thread_local variables. It follows the goroutine: each has a block of
// these variables (arch/tls_block.h), to which the thread pointer leads while an M runs the goroutine, m->curg; at
// other times it leads to M::tls. So a variable's address stays the same when the goroutine goes on on another M, and
// two goroutines never share one.
//
//   L1  The thread pointer leads to the block of m->curg's, or to m->tls if that is null: it changes where curg does.
//   L2  It leaves a goroutine's block before another M can find the goroutine, because getg() reads the block.
//   L3  The block that it comes to has g at its place before, so getg() and a signal handler find the same g.
//
// rt0-link links the files that include this anew, compiled with RT0_TLS (librt0_tls.a), if a program has such a
// variable. Other programs have none of it, and these functions do nothing.
#pragma once

#include "sched/gmp.h"

#ifdef RT0_TLS
#include "arch/tls_block.h"
#include "kernel_iface/env.h"
#endif

namespace rt0 {

#ifdef RT0_TLS

RT0_INLINE void set_thread_pointer(uintptr tp) {
  *TlsBlock::g_at(tp) = getg();
  ThreadPointer::set(tp, auxv.hwcap2);
}
RT0_INLINE void thread_pointer_to(const G* gp) { set_thread_pointer(TlsBlock::at(gp->stack.hi).tp); }
RT0_INLINE void thread_pointer_to(M* mp) { set_thread_pointer(Isa::tls_base(mp->tls)); }
// Makes the variables of a new goroutine. Returns where its stack begins.
uintptr new_tls_block(const G* newg);
// Runs the destructors of the calling goroutine's variables.
void run_tls_end();

#else

RT0_INLINE void thread_pointer_to(const G*) {}
RT0_INLINE void thread_pointer_to(M*) {}
RT0_INLINE uintptr new_tls_block(const G* newg) { return newg->stack.hi; }
RT0_INLINE void run_tls_end() {}

#endif

}  // namespace rt0
