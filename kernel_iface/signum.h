// Signals by their numbers, which Linux gives alike on every ISA that rt0 runs on.
#pragma once

#include "base/types.h"

namespace rt0 {

inline constexpr u32 kSIGHUP = 1, kSIGINT = 2, kSIGQUIT = 3, kSIGILL = 4, kSIGTRAP = 5, kSIGABRT = 6, kSIGBUS = 7,
                     kSIGFPE = 8, kSIGUSR1 = 10, kSIGSEGV = 11, kSIGUSR2 = 12, kSIGPIPE = 13, kSIGALRM = 14,
                     kSIGTERM = 15, kSIGSTKFLT = 16, kSIGCHLD = 17, kSIGCONT = 18, kSIGTSTP = 20, kSIGTTIN = 21,
                     kSIGTTOU = 22, kSIGURG = 23, kSIGXCPU = 24, kSIGXFSZ = 25, kSIGVTALRM = 26, kSIGPROF = 27,
                     kSIGIO = 29, kSIGPWR = 30, kSIGSYS = 31;

// A set of signals: bit n - 1 is signal n.
constexpr u64 sig_bit(u32 sig) { return u64{1} << (sig - 1); }
// If the parent process had one of these ignored, signal::ignored says so to the program: SIGHUP and SIGINT, and 32 to
// 34, which C libraries use.
inline constexpr u64 kToldIgnored = sig_bit(kSIGHUP) | sig_bit(kSIGINT) | u64{7} << (32 - 1);
// If the parent process had one of these ignored, it stays ignored, in the program and in the processes that it starts.
// All others do not. For those added here, which have to do with terminals, Go installs no handler.
inline constexpr u64 kStaysIgnored =
    kToldIgnored | sig_bit(kSIGCONT) | sig_bit(kSIGTSTP) | sig_bit(kSIGTTIN) | sig_bit(kSIGTTOU);

}  // namespace rt0
