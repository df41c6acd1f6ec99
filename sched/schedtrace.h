// GODEBUG=schedtrace=N,scheddetail=1: the scheduler's state as text, in Go's line format. Go: proc.go schedtrace.
#pragma once

#include "base/check.h"

namespace rt0 {

// One line to stderr; detailed: every P, M and goroutine too.
void schedtrace(bool detailed) RT0_SYM("runtime.schedtrace");

}  // namespace rt0
