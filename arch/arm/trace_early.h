// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers r2, r3, ip; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        movw    r2, :lower16:runtime.trace_early_n;     \
        movt    r2, :upper16:runtime.trace_early_n;     \
        ldr     r3, [r2];                               \
        add     ip, r3, 1;                              \
        str     ip, [r2];                               \
        movw    r2, :lower16:runtime.trace_early;       \
        movt    r2, :upper16:runtime.trace_early;       \
        mov     ip, ev;                                 \
        strb    ip, [r2, r3]
