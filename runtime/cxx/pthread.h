// What the files that implement <pthread.h> and <semaphore.h> share. The types are the toolchain's, those of glibc's
// headers, with which programs are compiled; rt0 has only the functions, which use the beginnings of the objects. All
// of them return 0 or an error number, as POSIX says, and leave errno alone; those of semaphores set errno.
#pragma once

#include "kernel_iface/errno.h"
#include "runtime/cxx/futex.h"
#include "sched/proc.h"

namespace rt0 {

// Bytes that glibc's objects have. A smaller number, where an ISA has more, would do as well.
inline constexpr usize kMutexBytes = kPtrSize == 8 ? 40 : 24;
inline constexpr usize kCondBytes = 48;
inline constexpr usize kRwlockBytes = kPtrSize == 8 ? 56 : 32;
inline constexpr usize kSemBytes = kPtrSize == 8 ? 32 : 16;
inline constexpr usize kBarrierBytes = kPtrSize == 8 ? 32 : 20;

// The beginning of glibc's pthread_attr_t.
struct CThreadAttr {
  int detached;
  int unused;
  usize stack_bytes;
};
inline constexpr usize kThreadAttrBytes = kPtrSize == 8 ? 56 : 36;

inline int c_error(Errno e) { return static_cast<int>(e); }

inline bool is_clock(int id) { return id == kClockRealtime || id == kClockMonotonic; }

extern "C" {
extern const char rt0_program_text[] __asm__("runtime.programtext"), rt0_program_etext[] __asm__(
                                                                         "runtime.eprogramtext");
}
// At the beginning of an operation that the toolchain's libraries also use by themselves, in one version or on one ISA
// and not on another: a point of the simulated kernel only if the program calls. `caller` is the return address.
RT0_INLINE void op_point_of_program(const volatile void* object, const void* caller) {
  if (caller >= rt0_program_text && caller <= rt0_program_etext) op_point(object);
}

extern "C" {
int pthread_mutex_lock(void* m);
int pthread_mutex_trylock(void* m);
int pthread_mutex_unlock(void* m);
}

}  // namespace rt0
