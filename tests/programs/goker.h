// What the programs goker_*.cc share. Each of their kernels has the structure of one bug of the GoKer suite, which
// collects concurrency bugs of real Go programs (Yuan et al., GoBench, 2021); its name is the project's and the issue's
// number. An execution that shows the bug ends with a panic or a deadlock, status 2; any other one ends with status 0.
// The first argument names the kernel. tests/cases/goker_test.py looks for the bugs on the simulated kernel.
#pragma once

#include <rt0/rt0.h>

namespace goker {

struct Kernel {
  const char* name;
  void (*run)();
};

inline void must(bool ok, const char* what) {
  if (!ok) rt0::panic(what);
}

inline bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

// The program's main: runs the kernel that the argument names; without one prints all names.
template <size_t N>
int run(const Kernel (&kernels)[N], int argc, char** argv) {
  for (const Kernel& k : kernels)
    if (argc == 2 && same(argv[1], k.name)) {
      k.run();
      return 0;
    }
  for (const Kernel& k : kernels) rt0::println(k.name);
  return 1;
}

}  // namespace goker
