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
  // SigContext::lr: pc's function returns there if it has not saved its return address. It has not if the chain of
  // frames lacks that address; there is no other sign.
  uintptr lr = 0;
};

// If the return address pc lies in a function of the program, writes `before` and that function's name.
bool put_program_function(Writer& w, uintptr pc, const char* before);

// Writes the function and the file:line from which the call with the return address pc was made, or pc if the PC-line
// table lacks it; of inlined functions the outermost.
void put_call_place(Writer& w, uintptr pc);

// The caller's pc and frame pointer, for a traceback that begins there. Not inlined, because it reads its own frame.
[[gnu::noinline]] TracePoint trace_here();

// Reads the PC-line table's header. If it is missing or wrong, tracebacks show addresses only. Go: symtab.go.
void moduledataverify() RT0_SYM("runtime.moduledataverify");
void moduledataverify1() RT0_SYM("runtime.moduledataverify1");

// "goroutine 7 [chan receive, locked to thread]:"
void goroutineheader(Writer& w, G* gp, bool with_pointers);
// The frames of gp from `at` outwards, then "created by …". Runtime frames only if level >= 2.
void traceback(Writer& w, G* gp, TracePoint at, i32 level);
// The frames of a goroutine that is not running: from its saved context.
void traceback_saved(Writer& w, G* gp, i32 level);
// Every goroutine but `me`; the one that this M was running comes first.
void tracebackothers(Writer& w, G* me, i32 level);

}  // namespace rt0
