// Init tasks: functions that run before main, in the order of their dependencies. Go: the init functions of packages.
//
//   RT0_INIT(config, read_config);                    // runs read_config() before main
//   RT0_INIT(db, open_db, &rt0_init_config);          // after config
//
// A task is a row in a table that the linker collects. Each task names the tasks that it needs. runtime.main runs the
// tasks; of those whose needs have run, the one whose name sorts first is next, as Go does with packages. RT0_TRACE and
// GODEBUG=inittrace=1 show them. If tasks need each other in a circle, a fatal error names them.
//
// Constructors of globals run, too: all of them as one task, "globals", before the program's tasks. Those with an
// init_priority run first, then file by file, in the order in which the files were linked. They run on the main
// goroutine and may start goroutines, wait, and panic. Destructors of globals do not run at the end, because goroutines
// may still use the globals when the program ends. A static variable in a function is initialized by the first
// goroutine that needs it, while others wait. If its initialization ends in a panic or in Goexit, the next goroutine
// tries again.
#pragma once

#include <stddef.h>

namespace rt0 {

struct InitTask {
  const char* name;
  void (*fn)();
  InitTask* const* needs;  // null-terminated
  unsigned state;          // 0 not run, 1 running, 2 done
  unsigned runtime;        // 1: one of rt0's own, which all run before the program's
};

}  // namespace rt0

// Defines the task rt0_init_<task>. Another file that needs it declares: extern rt0::InitTask rt0_init_<task>;
// The table holds pointers, because a compiler may put gaps between larger objects.
#define RT0_INIT(task, function, ...) RT0_INIT_TASK(task, function, 0, __VA_ARGS__)

#define RT0_INIT_TASK(task, function, runtime, ...)                                                 \
  static constexpr rt0::InitTask* rt0_init_needs_##task[] = {__VA_ARGS__ __VA_OPT__(, ) nullptr};   \
  constinit ::rt0::InitTask rt0_init_##task = {#task, function, rt0_init_needs_##task, 0, runtime}; \
  __attribute__((section("rt0_inittasks"), used)) constinit rt0::InitTask* const rt0_init_ref_##task = &rt0_init_##task
