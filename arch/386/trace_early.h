// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers eax, flags; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        movl    runtime.trace_early_n, %eax;            \
        movb    $ev, runtime.trace_early(%eax);         \
        incl    runtime.trace_early_n
