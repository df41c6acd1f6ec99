// Trace points. RT0_TRACE=<file> (or "-", stderr) switches them on; docs/TRACE.md has the format. They are written by
// runtime/diag/tracer.cc, which must know the M, P and G that a trace point runs on.
//
// As long as the environment is not known, boot functions are recorded by number in a small array; trace_open() writes
// them with time 0, or drops them. When tracing is off, a trace point costs a load and a branch that is never taken.
#pragma once

#include "base/atomic.h"
#include "base/check.h"
#include "trace/event.h"

namespace rt0 {

// kTraceEarly: before trace_open(). kTracePoints: nothing is written, but the simulated kernel is told of each event.
enum : u32 { kTraceOff = 0, kTraceEarly = 1, kTraceOn = 2, kTracePoints = 3 };
extern Atomic<u32> trace_on;

// For the trace points below only. In runtime/diag/tracer.cc.
[[gnu::cold]] void trace_fn_slow(Ev e);
[[gnu::cold]] void trace_slow(Ev e, i64 a, i64 b);
[[gnu::cold]] void trace_text_slow(Ev e, i64 a, Str text);

RT0_INLINE bool tracing() { return RT0_UNLIKELY(trace_on.load_relaxed() != kTraceOff); }

// A boot function was entered. Recorded while its M boots: on m0 until main.main, on other Ms until they first
// schedule.
RT0_INLINE void trace_fn(Ev e) {
  if (tracing()) trace_fn_slow(e);
}

// The same out of line, for functions that run once: its calls take a quarter of the space.
void trace_boot(Ev e);

// Records an event of the scheduler. The arguments are those that events.def names: numbers, or text as the last one.
RT0_INLINE void trace(Ev e, i64 a = 0, i64 b = 0) {
  if (tracing()) trace_slow(e, a, b);
}
RT0_INLINE void trace_text(Ev e, Str text) {
  if (tracing()) trace_text_slow(e, 0, text);
}
RT0_INLINE void trace_text(Ev e, i64 a, Str text) {
  if (tracing()) trace_text_slow(e, a, text);
}

// With a text that is made only if the event is written.
template <class F>
RT0_INLINE void trace_made(Ev e, i64 a, F text) {
  if (!tracing()) return;
  if (trace_on.load_relaxed() == kTracePoints) trace_slow(e, a, 0);
  else trace_text_slow(e, a, text());
}

}  // namespace rt0
