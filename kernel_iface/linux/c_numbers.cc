// See kernel_iface/c_numbers.h.
#include "kernel_iface/c_numbers.h"

#include "linux_abi.h"

namespace rt0 {

using linux_abi::SYS_futex;

// rt0 itself uses only the call with 64-bit times. The older one has one number on all 32-bit ISAs of rt0.
constinit const uintptr kFutexTime64Number = SYS_futex;
constinit const uintptr kFutexNumber = kPtrSize == 4 ? 240 : uintptr{SYS_futex};

}  // namespace rt0
