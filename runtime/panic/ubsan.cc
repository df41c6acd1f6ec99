// Division by zero in programs. Programs are compiled with -fsanitize=integer-divide-by-zero: where a divisor is 0 they
// call these functions. So it is the same panic on every ISA, whether the division instruction traps or not. Go:
// panicdivide.
#include "runtime/panic/panic.h"

namespace rt0 {

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
// The compilers define the names. They call the first one with -fsanitize-recover, after which code expects to go on.
[[noreturn]] void __ubsan_handle_divrem_overflow(void* where, uintptr lhs, uintptr rhs);
[[noreturn]] void __ubsan_handle_divrem_overflow_abort(void* where, uintptr lhs, uintptr rhs);

void __ubsan_handle_divrem_overflow(void*, uintptr, uintptr) { panic_divide(); }
void __ubsan_handle_divrem_overflow_abort(void*, uintptr, uintptr) { panic_divide(); }
}
// NOLINTEND(bugprone-reserved-identifier)

}  // namespace rt0
