// libstdc++'s own counters (of std::shared_ptr and the like), which it has as functions where its build believes that
// the ISA lacks atomic operations: its own take a mutex there. With these, all ISAs count alike.
#include "base/types.h"

namespace rt0 {

i32 exchange_and_add(volatile i32* p, i32 d) __asm__("_ZN9__gnu_cxx18__exchange_and_addEPVii");
i32 exchange_and_add(volatile i32* p, i32 d) { return __atomic_fetch_add(p, d, __ATOMIC_ACQ_REL); }
void atomic_add(volatile i32* p, i32 d) __asm__("_ZN9__gnu_cxx12__atomic_addEPVii");
void atomic_add(volatile i32* p, i32 d) { (void)__atomic_fetch_add(p, d, __ATOMIC_ACQ_REL); }

}  // namespace rt0
