// The control words of floating point on amd64 and 386.
#pragma once

#include "base/types.h"

namespace rt0 {

// As they lie on the stack of a goroutine that is stopped, below its general registers. The values are those with which
// the kernel starts a process: round to nearest, no exception traps. mxcsr also holds the flags of exceptions that have
// occurred.
struct FpControl {
  u32 mxcsr = 0x1f80;
  u32 x87 = 0x037f;
};

}  // namespace rt0
