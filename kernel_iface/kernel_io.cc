#include "kernel_iface/kernel_io.h"

namespace rt0 {

const KernelIo& kernel_io() { return linux_kernel_io; }

}  // namespace rt0
