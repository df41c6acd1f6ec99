// CPU features. Go: internal/cpu.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// The features of this CPU, as bits that the ISA defines (Isa::Feature). Set once, by cpuinit.
extern u64 cpu_features;

void cpuinit() RT0_SYM("runtime.cpuinit");

}  // namespace rt0
