// The trace writer: opens, fills and closes what RT0_TRACE asks for. The trace points are in trace/trace.h.
#pragma once

#include "trace/trace.h"

namespace rt0 {

// Opens the trace: path is RT0_TRACE's value, NUL-terminated behind its end ("-" is stderr, empty is no trace). If the
// file can't be opened, says so and exits with status 2. Once, in args().
void trace_open(Str path);
// Writes out what is buffered. Before the process ends, in whatever way.
void trace_flush();
// A signal that ends the process has interrupted this M. True if that was inside the tracer: it ends the process itself
// then, by dieFromSignal, when it has finished its line, for an unfinished one could not be written out.
bool trace_ends_by(u32 sig);

}  // namespace rt0
