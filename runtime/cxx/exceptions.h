// The state of a goroutine's exceptions. Only programs that are linked with EXCEPTIONS have it.
#pragma once

#include "base/types.h"
#include "sched/gmp.h"

namespace rt0 {

// Only the goroutine itself uses it, while it runs. The memory stays with the G; goid says which of the G's goroutines
// wrote it last, because a goroutine that ends in a catch block leaves something behind.
struct Exceptions {
  // The ABI's __cxa_eh_globals: the exceptions whose catch blocks are running, newest first, and how many have been
  // thrown and not yet caught. The third is arm's.
  void* caught = nullptr;
  unsigned uncaught = 0;
  void* propagating = nullptr;
  u64 goid = 0;
};

// gp's, which is made when it is first used.
Exceptions* exceptions_of(G* gp);

}  // namespace rt0
