// In which ISAs differ in Linux's system calls, as data: a port's linux_abi.h says `inline constexpr Quirks kQuirks =
// {…}` and names what is not as here. kernel_iface/linux reads it, and arch/PORTING.md's table is compared with it.
#pragma once

#include "base/types.h"

namespace rt0::linux_abi {

struct Quirks {
  uintptr o_directory = 0200000;     // O_DIRECTORY of open
  uintptr o_largefile = 0;           // O_LARGEFILE of open; 0 where all files may be large
  uintptr sa_restorer = 0x04000000;  // of sigaction's flags; 0: the kernel has its own sigreturn
  bool clone_stack_first = false;    // clone(stack, flags, …), not clone(flags, stack, …)
  bool mmap_block = false;           // mmap takes the address of a block of its six arguments
  bool packed_epoll_event = false;   // u64 data without padding before it
  uintptr socketcall = 0;            // the one call for all of sockets; only where each has its own since Linux 4.3
  bool aligned_pairs = false;        // 32 bits: a 64-bit argument's two registers begin at an even one
  // Bytes at the alternate stack's top that stay zero, where QEMU's signal frame ends before the kernel's does: what is
  // read behind it then says that there is no more, and is memory.
  usize sigaltstack_pad = 0;
};

}  // namespace rt0::linux_abi
