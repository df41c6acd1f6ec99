#include "runtime/boot/cpu.h"

#include "arch/arch.h"
#include "kernel_iface/env.h"
#include "trace/trace.h"

namespace rt0 {

constinit u64 cpu_features = 0;

void cpuinit() {
  trace_boot(Ev::cpuinit);
  cpu_features = Isa::cpu_features(auxv.hwcap, auxv.hwcap2);
}

}  // namespace rt0
