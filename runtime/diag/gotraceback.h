// GOTRACEBACK: how much a traceback shows. Go: runtime1.go.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// How much a traceback shows. Go: gotraceback.
struct TracebackLevel {
  i32 level;   // 0: no frames, 1: the program's frames, 2: also the runtime's
  bool all;    // all goroutines, not only the one with the error
  bool crash;  // end by SIGABRT, which may leave a core dump, instead of exit(2)
};
TracebackLevel gotraceback();

// Sets the level by its name or number, as GOTRACEBACK has it. Go: setTraceback.
void setTraceback(Str level) RT0_SYM("runtime.setTraceback");

}  // namespace rt0
