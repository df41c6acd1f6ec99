// Signals: which ones rt0 handles, and what they mean. Go: signal_unix.go, sigtab_linux_generic.go.
#pragma once

#include "kernel_iface/signum.h"
#include "sched/above.h"
#include "sched/gmp.h"

namespace rt0 {

// Saves the signal mask with which the program was started, and blocks the signals that do nothing (kBlocked), for this
// M and all later ones. Go: sigsave.
void sigsave(M* mp) RT0_SYM("runtime.sigsave");
// Whether rt0 cannot do without a handler for it: faults, and the request to preempt a goroutine.
bool sig_needed(u32 sig);

}  // namespace rt0
