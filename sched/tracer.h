// The trace writer: opens, fills and closes what RT0_TRACE asks for. The trace points are in trace/trace.h.
#pragma once

#include "sched/gmp.h"
#include "trace/trace.h"

namespace rt0 {

void trace_go_create_slow(const G* newg);
inline void trace_go_create(const G* newg) {
  if (RT0_UNLIKELY(trace_on.load_relaxed() != kTraceOff)) trace_go_create_slow(newg);
}

// Opens the trace if RT0_TRACE asks for one; if it can't be opened, says so and exits with status 2. Once, in args().
void trace_open();
// Writes out what is buffered. Before the process ends, in whatever way.
void trace_flush();

}  // namespace rt0
