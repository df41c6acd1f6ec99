// Signals by their numbers, which Linux gives alike on every ISA that rt0 runs on.
#pragma once

#include "base/types.h"

namespace rt0 {

inline constexpr u32 kSIGHUP = 1, kSIGINT = 2, kSIGQUIT = 3, kSIGILL = 4, kSIGTRAP = 5, kSIGABRT = 6, kSIGBUS = 7,
                     kSIGFPE = 8, kSIGUSR1 = 10, kSIGSEGV = 11, kSIGUSR2 = 12, kSIGPIPE = 13, kSIGALRM = 14,
                     kSIGTERM = 15, kSIGSTKFLT = 16, kSIGCHLD = 17, kSIGURG = 23, kSIGXCPU = 24, kSIGXFSZ = 25,
                     kSIGVTALRM = 26, kSIGPROF = 27, kSIGIO = 29, kSIGPWR = 30, kSIGSYS = 31;

}  // namespace rt0
