#include "kernel_iface/kernel.h"

namespace rt0 {

constinit const Kernel* kernel = &linux_kernel;

}  // namespace rt0
