#include "kernel_iface/kernel_io.h"

#include "kernel_iface/choice.h"

namespace rt0 {

const KernelIo& kernel_io() { return simulated != 0 ? sim_kernel_io : linux_kernel_io; }

}  // namespace rt0
