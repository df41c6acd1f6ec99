// The trace writer: opens, fills and closes what RT0_TRACE asks for. The trace points are in trace/trace.h.
#pragma once

#include "trace/trace.h"

namespace rt0 {

// Opens the trace; args() calls it once. name is RT0_TRACE's value with a NUL behind its end; "-" is stderr, and an
// empty name means no trace. If the file cannot be opened, prints why and exits with status 2.
void trace_open(Str name);
// Writes out the buffer. Called before the process ends in any way.
void trace_flush();
// The last event of a trace. On the simulated kernel it is no point: nothing runs after it.
void trace_exit(i32 status);
// For the handler of a signal that ends the process. Returns true if the signal has interrupted this M inside the
// tracer: then the tracer finishes its line, so that the trace can be written out, and ends the process by
// dieFromSignal.
bool trace_ends_by(u32 sig);

}  // namespace rt0
