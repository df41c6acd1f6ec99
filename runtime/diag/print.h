// print() and println() of the public API, and the lock that keeps a message in one piece.
#pragma once

#include "kernel_iface/writer.h"
#include "rt0/print.h"

namespace rt0 {

// One operand of print, as print writes it.
void put_arg(Writer& w, const PrintArg& a);

// Between printlock and printunlock no other M prints, and the goroutine stays on its M. May be nested. Go: printlock.
void printlock();
void printunlock();

struct PrintLocked {
  PrintLocked() { printlock(); }
  ~PrintLocked() { printunlock(); }
};

}  // namespace rt0
