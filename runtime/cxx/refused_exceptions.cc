// The unwinder of the toolchain, which only programs with exceptions have: as refused.cc. A program gets here if it was
// linked without EXCEPTIONS and has an object that was compiled with exceptions, or uses a part of libstdc++ that
// examines them.
#include "base/types.h"
#include "sched/above.h"

namespace rt0 {

extern const char text_exceptions[] __asm__("rt0_refused.6");
constinit const char text_exceptions[] =
    "exceptions need an option: link with EXCEPTIONS (rt0-c++ -fexceptions), or use rt0::panic and rt0::recover";

// NOLINTBEGIN(bugprone-macro-parentheses): the arguments are names
#define X(name)                                                 \
  [[gnu::weak, noreturn]] void refused_##name() __asm__(#name); \
  void refused_##name() { fatal(cstr(text_exceptions)); }
// NOLINTEND(bugprone-macro-parentheses)
// clang-format off
X(_Unwind_DeleteException) X(_Unwind_GetDataRelBase) X(_Unwind_GetIPInfo) X(_Unwind_GetLanguageSpecificData)
X(_Unwind_GetRegionStart) X(_Unwind_GetTextRelBase) X(_Unwind_SetGR) X(_Unwind_SetIP) X(_Unwind_GetIP)
X(_Unwind_GetGR) X(_Unwind_GetCFA) X(_Unwind_RaiseException) X(_Unwind_ForcedUnwind) X(_Unwind_Backtrace)
X(_Unwind_Complete) X(_Unwind_VRS_Get) X(_Unwind_VRS_Set) X(__gnu_unwind_frame)
#undef X
// clang-format on

}  // namespace rt0
