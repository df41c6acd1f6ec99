// What the programs goker_*.cc share. Each of their kernels has the structure of one bug of the GoKer suite, which
// collects concurrency bugs of real Go programs (Yuan et al., GoBench, 2021); its name is the project's and the issue's
// number. An execution that shows the bug ends with a panic or a deadlock, status 2; any other one ends with status 0.
// The first argument names the kernel. tests/cases/goker_test.py looks for the bugs on the simulated kernel.
#pragma once

#include "named.h"

namespace goker {

inline void must(bool ok, const char* what) {
  if (!ok) rt0::panic(what);
}

}  // namespace goker
