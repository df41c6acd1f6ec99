// Compiled to assembly, never linked: CMake reads the "->" lines of the output back into go_asm.h.
#include "linux_abi.h"  // IWYU pragma: keep (used by asm_offsets.def)
#include "sched/gmp.h"  // IWYU pragma: keep (used by asm_offsets.def)
#include "trace/event.h"

using namespace rt0;

#define PRINT(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" ::"i"(value))

void offsets() {
#define OFFSET(name, type, field) PRINT(name, offsetof(type, field));
#include "runtime/boot/asm_offsets.def"
#undef OFFSET
  PRINT(GO_ASM_PTRSIZE, sizeof(void*));
  PRINT(RT0_G0_STACK, 64 * 1024);
  PRINT(EV__rt0_linux, static_cast<int>(Ev::_rt0_linux));
  PRINT(EV__rt0, static_cast<int>(Ev::_rt0));
  PRINT(EV_rt0_go, static_cast<int>(Ev::rt0_go));
  PRINT(EV_settls, static_cast<int>(Ev::settls));
#define CONSTANT(name, value) PRINT(name, value);
#include "arch/generic/asm_constants.def"  // system call numbers and the like
#if __has_include("asm_constants.def")
#include "asm_constants.def"  // of arch/<isa>
#endif
#undef CONSTANT
}
