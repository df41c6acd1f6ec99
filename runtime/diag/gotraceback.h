// GOTRACEBACK: how much a traceback shows. Go: runtime1.go.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// How much a traceback shows. Go: gotraceback.
struct TracebackLevel {
  i32 level;   // 0 nothing, 1 the program's frames, 2 the runtime's too
  bool all;    // all goroutines, not just this one
  bool crash;  // die of SIGABRT instead of exit(2)
};
TracebackLevel gotraceback();

// A level from the environment or from the program. Go: setTraceback.
void setTraceback(Str level) RT0_SYM("runtime.setTraceback");

}  // namespace rt0
