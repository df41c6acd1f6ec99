// What a program with exceptions keeps of a function that has faulted: see Interrupted.
#pragma once

#include "kernel_iface/kernel.h"

namespace rt0 {

// uc is a Ucontext. Writes an Interrupted below the `gap` bytes under its stack pointer, and returns the bytes that are
// used now. In a program without exceptions, only returns `gap`.
template <class U>
inline usize save_interrupted(const U& uc, usize gap) {
#ifdef RT0_EXCEPTIONS
  Interrupted i{.unused = 0, .kept = {}, .frame = uc.fp(), .sp = uc.sp(), .link = uc.lr(), .pc = uc.pc(), .more = {}};
  if constexpr (requires { uc.link_register(); }) i.link = uc.link_register();     // where lr() is not always it
  if constexpr (requires { uc.frame_register(); }) i.frame = uc.frame_register();  // where fp() is not always it
  if constexpr (requires { U::kSavedInF; })  // where functions keep registers in those of floating point
    for (usize n = 0; n < countof(i.more); n++) i.more[n] = uc.f[n];
  if constexpr (requires { U::kKept; })
    for (usize n = 0; n < countof(i.kept); n++) i.kept[n] = uc.r[U::kKept + n];
  gap += sizeof(i);
  __builtin_memcpy(reinterpret_cast<void*>(uc.sp() - gap), &i, sizeof(i));
#else
  (void)uc;
#endif
  return gap;
}

}  // namespace rt0
