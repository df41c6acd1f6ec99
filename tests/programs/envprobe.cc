// Prints the values that the environment led to, in the form of Go's answers in tests/oracle/env_values.txt.
#include <rt0/internal.h>

int main() {
  rt0::fmt::println("GOMAXPROCS", rt0::gomaxprocs_now(), "NumCPU", rt0::num_cpu(), "GOGC", rt0::internal::gc_percent(),
                    "GOMEMLIMIT", rt0::internal::memory_limit());
}
