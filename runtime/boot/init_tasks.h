// Init tasks: rt0's own, then the program's. Go: proc.go doInit, doInit1; the order is the linker's there.
#pragma once

#include "base/check.h"
#include "rt0/init.h"

namespace rt0 {

// Runs every registered task of one kind (runtime: rt0's own) that has not run, each after those it needs; among those
// that may run, by name. A circle, or a need for a task of a later kind, is a fatal error.
void doInit(bool runtime) RT0_SYM("runtime.doInit");

// One of rt0's own tasks; otherwise as RT0_INIT.
#define RT0_RUNTIME_INIT(task, function, ...) RT0_INIT_TASK(task, function, 1, __VA_ARGS__)

}  // namespace rt0
