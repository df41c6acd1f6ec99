// A goroutine in a system call that may block: its P can be taken by others meanwhile. Go: proc.go entersyscall …
#pragma once

#include "base/check.h"

namespace rt0 {

// Around a system call that may block. Between the two the goroutine must neither allocate nor lock nor park.
void entersyscall() RT0_SYM("runtime.entersyscall");
// Instead of entersyscall, for a call that surely blocks: the P is handed on at once.
void entersyscallblock() RT0_SYM("runtime.entersyscallblock");
void exitsyscall() RT0_SYM("runtime.exitsyscall");

}  // namespace rt0
