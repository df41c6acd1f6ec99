// print() and println() of the public API, and the lock that keeps a message in one piece.
#pragma once

#include "kernel_iface/writer.h"
#include "rt0/print.h"

namespace rt0 {

// One operand of print, as print writes it.
void put_arg(Writer& w, const PrintArg& a);

// One print statement at a time; nests on one M. The goroutine stays on its M in between. Go: printlock.
void printlock();
void printunlock();

struct PrintLocked {
  PrintLocked() { printlock(); }
  ~PrintLocked() { printunlock(); }
};

}  // namespace rt0
