// Signals: which ones rt0 handles, and what they mean. Go: signal_unix.go, sigtab_linux_generic.go.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

inline constexpr u32 kSIGQUIT = 3, kSIGILL = 4, kSIGTRAP = 5, kSIGABRT = 6, kSIGBUS = 7, kSIGFPE = 8, kSIGSEGV = 11,
                     kSIGPIPE = 13, kSIGURG = 23;

// "SIGSEGV: segmentation violation"
const char* signal_text(u32 sig);

// Remembers the mask the program was started with, for the Ms to come. Go: sigsave.
void sigsave(M* mp) RT0_SYM("runtime.sigsave");
// Installs the handlers, once, when m0 starts to schedule.
void initsig() RT0_SYM("runtime.initsig");

}  // namespace rt0
