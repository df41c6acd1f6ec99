// GODEBUG and GOTRACEBACK, parsed once at boot. Go: runtime1.go.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// GODEBUG=key=value,…; unknown keys and values that are no numbers are ignored. If a key is given twice, the last value
// counts.
struct DebugVars {
  i32 asyncpreemptoff;        // 1: no preemption by signal
  i32 containermaxprocs = 1;  // 0: GOMAXPROCS ignores a cgroup's CPU quota
  i32 inittrace;              // print a line for each init task
  i32 panicnil;               // 1: panic(nullptr) panics with nullptr; otherwise with a runtime error
  i32 scheddetail;            // schedtrace prints every P, M and G
  i32 schedtrace;             // print a line about the scheduler every so many ms
  i32 tracebackstack;         // 1: a traceback ends with how much of its stack the goroutine has used
  i32 tracebackancestors;     // how many ancestors of a goroutine a traceback shows
  i32 updatemaxprocs = 1;     // 0: GOMAXPROCS stays as it was at the start
};
extern DebugVars debug;

void parsedebugvars() RT0_SYM("runtime.parsedebugvars");
void parsegodebug(Str s) RT0_SYM("runtime.parsegodebug");

}  // namespace rt0
