// A part of program tracebacks that comes last in the program's own text: the call of panic is its last instruction.
#include <rt0/rt0.h>

[[gnu::noinline, gnu::cold]] void last_in_text() {
  asm volatile("" ::: "memory");
  rt0::panic("last");
}
