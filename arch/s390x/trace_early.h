// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers r0, r1, r5, r12; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        larl    %r1, runtime.trace_early_n;             \
        llgf    %r5, 0(%r1);                            \
        larl    %r12, runtime.trace_early;              \
        lghi    %r0, ev;                                \
        stc     %r0, 0(%r5,%r12);                       \
        aghi    %r5, 1;                                 \
        st      %r5, 0(%r1)
