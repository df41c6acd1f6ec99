// Prints what the environment's values came to, in the line in which tests/oracle/env_values.txt has Go's answer.
#include <rt0/internal.h>

int main() {
  rt0::fmt::println("GOMAXPROCS", rt0::gomaxprocs_now(), "NumCPU", rt0::num_cpu(), "GOGC", rt0::internal::gc_percent(),
                    "GOMEMLIMIT", rt0::internal::memory_limit());
}
