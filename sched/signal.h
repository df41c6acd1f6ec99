// Signals: which ones rt0 handles, and what they mean. Go: signal_unix.go, sigtab_linux_generic.go.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

inline constexpr u32 kSIGQUIT = 3, kSIGILL = 4, kSIGTRAP = 5, kSIGABRT = 6, kSIGBUS = 7, kSIGFPE = 8, kSIGUSR1 = 10,
                     kSIGSEGV = 11, kSIGUSR2 = 12, kSIGPIPE = 13, kSIGALRM = 14, kSIGSTKFLT = 16, kSIGURG = 23,
                     kSIGXCPU = 24, kSIGXFSZ = 25, kSIGVTALRM = 26, kSIGPROF = 27, kSIGIO = 29, kSIGPWR = 30,
                     kSIGSYS = 31;

// "SIGSEGV: segmentation violation"
const char* signal_text(u32 sig);

// Remembers the mask the program was started with, and blocks what programs do not hear of, for this M and all to come.
// Go: sigsave.
void sigsave(M* mp) RT0_SYM("runtime.sigsave");
// A new M's mask: the same for all. Go: minitSignalMask.
void minitSignalMask() RT0_SYM("runtime.minitSignalMask");
// Installs the handlers, once, when m0 starts to schedule.
void initsig() RT0_SYM("runtime.initsig");
// The rest of them, by sysmon: a boot has as few system calls as it can.
void initsig_late();

}  // namespace rt0
