#include "kernel_iface/kernel_io.h"
namespace rt0 { constinit const KernelIo sim_kernel_io = {}; }
