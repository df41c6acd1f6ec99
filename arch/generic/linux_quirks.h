// The differences between ISAs in Linux's system calls, as data. A port's linux_abi.h has `inline constexpr Quirks
// kQuirks = {…}` with the members that are different there. kernel_iface/linux reads it, and arch/PORTING.md's table is
// compared with it.
#pragma once

#include "base/types.h"

namespace rt0::linux_abi {

struct Quirks {
  uintptr o_directory = 0200000;     // O_DIRECTORY of open
  uintptr o_largefile = 0;           // O_LARGEFILE of open; 0 where all files may be large
  uintptr sa_restorer = 0x04000000;  // SA_RESTORER of sigaction's flags; 0: the kernel has its own sigreturn
  bool clone_stack_first = false;    // clone(stack, flags, …), not clone(flags, stack, …)
  bool mmap_block = false;           // mmap takes the address of a block of its six arguments
  bool packed_epoll_event = false;   // epoll_event has no padding before its u64 data
  uintptr socketcall = 0;            // socketcall's number; 0 where socket calls had their own before Linux 4.3
  bool aligned_pairs = false;        // on 32 bits: a 64-bit argument begins in a register with an even number
  // Bytes at the alternate stack's top that stay unused, and so zero, because QEMU's signal frame ends before the
  // kernel's does. A read behind QEMU's frame then finds memory, and zeroes, which mean that there are no more records.
  usize sigaltstack_pad = 0;
};

}  // namespace rt0::linux_abi
