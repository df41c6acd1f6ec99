// CPU features. Go: internal/cpu.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// What this CPU has, as bits of the ISA's own (Isa::Feature). Set once, by cpuinit.
extern u64 cpu_features;

void cpuinit() RT0_SYM("runtime.cpuinit");

}  // namespace rt0
