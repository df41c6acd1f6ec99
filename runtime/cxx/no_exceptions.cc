// What libstdc++'s compiled functions refer to because they were compiled with exceptions. Nothing is ever thrown (see
// throw.cc), so no handler runs and no frame is unwound: each of these is a fatal error. A program that could throw
// would be linked with libstdc++'s own functions in their place. Linked only into programs that use them.
//
// Weak: if a program uses a part of libstdc++ that brings in these functions, too, the linker takes libstdc++'s, and
// the program is refused because of what those need (see refused.cc), not because of two definitions.
#include "sched/above.h"

namespace rt0 {

extern "C" {

#define RT0_NEVER(name)                \
  [[gnu::weak, noreturn]] void name(); \
  void name() { fatal("an exception in a program without exceptions: " #name); }
RT0_NEVER(__cxa_throw)
RT0_NEVER(__cxa_rethrow)
RT0_NEVER(__cxa_begin_catch)
RT0_NEVER(__cxa_end_catch)
RT0_NEVER(__cxa_allocate_exception)
RT0_NEVER(__cxa_free_exception)
RT0_NEVER(__cxa_throw_bad_array_new_length)
RT0_NEVER(__cxa_bad_cast)
RT0_NEVER(__cxa_bad_typeid)
RT0_NEVER(__cxa_call_unexpected)
RT0_NEVER(__gxx_personality_v0)
RT0_NEVER(_Unwind_Resume)
RT0_NEVER(_Unwind_Resume_or_Rethrow)
// arm's names.
RT0_NEVER(__cxa_begin_cleanup)
RT0_NEVER(__cxa_end_cleanup)
RT0_NEVER(__aeabi_unwind_cpp_pr0)
RT0_NEVER(__aeabi_unwind_cpp_pr1)
#undef RT0_NEVER

// How many exceptions are in flight: none. The layout is the ABI's.
static constinit void* no_globals[2]{};
[[gnu::weak]] void* __cxa_get_globals();
void* __cxa_get_globals() { return no_globals; }
[[gnu::weak]] void* __cxa_get_globals_fast();
void* __cxa_get_globals_fast() { return no_globals; }

// See detail::Unwinding in rt0/panic.h, which a file that was compiled with -fexceptions uses.
[[gnu::weak]] unsigned uncaught_exceptions() __asm__("rt0.uncaught_exceptions");
unsigned uncaught_exceptions() { return 0; }

[[gnu::weak, noreturn]] void __cxa_pure_virtual();
void __cxa_pure_virtual() { fatal("pure virtual method called"); }
[[gnu::weak, noreturn]] void __cxa_deleted_virtual();
void __cxa_deleted_virtual() { fatal("deleted virtual method called"); }
[[gnu::weak, noreturn]] void __stack_chk_fail();
void __stack_chk_fail() { fatal("stack smashing detected"); }
}

// std::uncaught_exception and uncaught_exceptions, which streams ask.
[[gnu::weak]] bool std_uncaught_exception() __asm__("_ZSt18uncaught_exceptionv");
bool std_uncaught_exception() { return false; }
[[gnu::weak]] int std_uncaught_exceptions() __asm__("_ZSt19uncaught_exceptionsv");
int std_uncaught_exceptions() { return 0; }

// std::exception_ptr, which std::future has: it is always null.
struct exception_ptr;
[[gnu::weak]] void exception_ptr_addref(exception_ptr* self) __asm__(
    "_ZNSt15__exception_ptr13exception_ptr9_M_addrefEv");
void exception_ptr_addref(exception_ptr*) {}
[[gnu::weak]] void exception_ptr_release(exception_ptr* self) __asm__(
    "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
void exception_ptr_release(exception_ptr*) {}
[[gnu::weak, noreturn]] void rethrow_exception(exception_ptr* self) __asm__(
    "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE");
void rethrow_exception(exception_ptr*) { fatal("std::rethrow_exception in a program without exceptions"); }

[[gnu::weak, noreturn]] void std_terminate() __asm__("_ZSt9terminatev");
void std_terminate() { fatal("std::terminate was called"); }

}  // namespace rt0
