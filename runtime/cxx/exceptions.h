// The state of a goroutine's exceptions. Only programs that are linked with EXCEPTIONS have it.
#pragma once

#include "base/types.h"
#include "sched/gmp.h"
#include "sched/preempt.h"

namespace rt0 {

// Only the goroutine itself uses it, while it runs. The memory stays with the G; goid says which of the G's goroutines
// wrote it last, because a goroutine that ends in a catch block leaves something behind.
struct Exceptions : HeldReturns {
  // The ABI's __cxa_eh_globals: the exceptions whose catch blocks are running, newest first, and how many have been
  // thrown and not yet caught. The third is arm's.
  void* caught = nullptr;
  unsigned uncaught = 0;
  void* propagating = nullptr;
  u64 goid = 0;

  // unwind_panic.cc's: frames that are being left, the newest first.
  struct Leave* leaving = nullptr;
  // For each value of `uncaught`: the exception of the program for which a landing pad was entered last while that many
  // were in flight. As long as there are that many, it is the newest of them.
  static constexpr unsigned kLanded = 8;
  void* landed[kLanded] = {};
  // The runtime looks through the goroutine's frames.
  bool looking = false;
};

// gp's, which is made when it is first used.
Exceptions* exceptions_of(G* gp);

// Whether the unwinder may see the runtime's frames now. It may not while it looks for the handler of an exception that
// the program has thrown: that search ends at the first frame of the runtime. It may while a panic or Goexit leaves
// frames, also if a destructor that this has called throws and catches exceptions. What the two differ in is
// `uncaught`: it is larger as long as the destructor's exception has not been caught.
bool runtime_is_shown();
// Whether pc is in the program's own code, in the runtime's; elsewhere it is in the toolchain's.
bool is_program(uintptr pc);
bool is_runtime(uintptr pc);

}  // namespace rt0
