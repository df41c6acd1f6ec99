// Tracebacks: the stacks of goroutines as text. Go: traceback.go, symtab.go.
#pragma once

#include "runtime/diag/print.h"
#include "sched/above.h"
#include "sched/gmp.h"

namespace rt0 {

// Where a traceback starts: a pc with the frame pointer that belongs to it. `is_return`: pc is a return address.
struct TracePoint {
  uintptr pc, fp;
  bool is_return;
  // The link register, where there is one: pc's function returns there if it has not saved its return address. That it
  // has not shows only by the address's not being in the chain of frames.
  uintptr lr = 0;
};

// If the return address pc lies in a function of the program, writes `before` and that function's name.
bool put_program_function(Writer& w, uintptr pc, const char* before);

// Where the caller stands, for a traceback that begins with it. Not inlined: it looks at its own frame.
[[gnu::noinline]] TracePoint trace_here();

// Looks at the PC-line table's header; without one, tracebacks show addresses only. Go: symtab.go.
void moduledataverify() RT0_SYM("runtime.moduledataverify");
void moduledataverify1() RT0_SYM("runtime.moduledataverify1");

// "goroutine 7 [chan receive, locked to thread]:"
void goroutineheader(Writer& w, G* gp, bool with_pointers);
// The frames of gp from `at` outwards, then "created by …". Runtime frames only if level >= 2.
void traceback(Writer& w, G* gp, TracePoint at, i32 level);
// The frames of a goroutine that is not running: from its saved context.
void traceback_saved(Writer& w, G* gp, i32 level);
// Every other goroutine than `me`, the one this M was running first.
void tracebackothers(Writer& w, G* me, i32 level);

}  // namespace rt0
