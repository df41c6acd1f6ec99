// Init tasks: rt0's own, then the program's. Go: proc.go doInit, doInit1; the order is the linker's there.
#pragma once

#include "base/check.h"
#include "rt0/init.h"

namespace rt0 {

// Runs every registered task of one kind (runtime: rt0's own; else the program's) that has not run, each after the
// tasks that it needs. Of the tasks that may run, the one whose name sorts first runs next. It is a fatal error if
// tasks need each other in a circle, or if one of rt0's tasks needs one of the program's.
void doInit(bool runtime) RT0_SYM("runtime.doInit");

// Registers one of rt0's own tasks; otherwise as RT0_INIT.
#define RT0_RUNTIME_INIT(task, function, ...) RT0_INIT_TASK(task, function, 1, __VA_ARGS__)

}  // namespace rt0
