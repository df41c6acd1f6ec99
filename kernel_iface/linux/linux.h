// Shared by the files of kernel_iface/linux that fill linux_kernel.
#pragma once

#include "kernel_iface/kernel.h"
#include "linux_abi.h"

namespace rt0 {

// clock_gettime of the vDSO. If there is no vDSO it is null, and clocks are read by a system call.
extern i32 (*vdso_clock_gettime)(i32 clock, linux_abi::Timespec* ts);
// Sets vdso_clock_gettime from the ELF image at `ehdr` (AT_SYSINFO_EHDR; 0: no image). Checks every value that it
// reads.
void vdso_start(uintptr ehdr);
// Whether the page at `addr` can be read. It asks the kernel, so an address without memory does no harm. In signal.cc.
bool page_readable(uintptr addr);

SysResult linux_setsig(u32 sig, SigDisposition how);
void linux_sigaltstack(void* lo, usize n);
u64 linux_sigmask_block(u64 signals);
void linux_sigmask_set(u64 mask);
void linux_raise_default(u32 sig);

}  // namespace rt0
