// The trace writer: opens, fills and closes what RT0_TRACE asks for. The trace points are in trace/trace.h.
#pragma once

#include "trace/trace.h"

namespace rt0 {

// Opens the trace: path is RT0_TRACE's value, NUL-terminated behind its end ("-" is stderr, empty is no trace). If the
// file can't be opened, says so and exits with status 2. Once, in args().
void trace_open(Str path);
// Writes out what is buffered. Before the process ends, in whatever way.
void trace_flush();

}  // namespace rt0
