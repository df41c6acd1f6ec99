// Division by zero in programs. They are compiled with -fsanitize=integer-divide-by-zero, which makes the compiler call
// this where a divisor is 0: so it is the same panic on every ISA, whether its division instruction traps or not. Go:
// panicdivide.
#include "runtime/panic/panic.h"

namespace rt0 {

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
// The names are the compilers'. The first is for -fsanitize-recover, which would go on afterwards.
[[noreturn]] void __ubsan_handle_divrem_overflow(void* where, uintptr lhs, uintptr rhs);
[[noreturn]] void __ubsan_handle_divrem_overflow_abort(void* where, uintptr lhs, uintptr rhs);

void __ubsan_handle_divrem_overflow(void*, uintptr, uintptr) { panic_divide(); }
void __ubsan_handle_divrem_overflow_abort(void*, uintptr, uintptr) { panic_divide(); }
}
// NOLINTEND(bugprone-reserved-identifier)

}  // namespace rt0
