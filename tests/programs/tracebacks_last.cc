// Of program tracebacks, and last in its text: the call of panic is the text's last instruction.
#include <rt0/rt0.h>

[[gnu::noinline, gnu::cold]] void last_in_text() {
  asm volatile("" ::: "memory");
  rt0::panic("last");
}
