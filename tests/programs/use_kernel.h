// Lets a test program put a table of system calls of its own between the runtime and Linux.
#pragma once

#include "kernel_iface/kernel.h"

// Makes `own`, which must be complete, the kernel of all threads; they may be making system calls at this moment. The
// release keeps the compiler from moving writes to members of `own` behind this store: sysmon would then call a null
// pointer.
inline void use_kernel(const rt0::Kernel* own) { __atomic_store_n(&rt0::kernel, own, __ATOMIC_RELEASE); }
