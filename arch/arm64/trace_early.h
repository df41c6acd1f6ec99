// Records a boot event when there is no stack yet on which C++ could be called. trace_open() later writes the recorded
// events to the trace, or drops them.
#pragma once

// clobbers x9–x12; does not check for room: there is some for kTraceEarlyMax events (tracer.cc)
#define TRACE_EARLY(ev)                                 \
        adrp    x9, runtime.trace_early_n;              \
        add     x9, x9, :lo12:runtime.trace_early_n;    \
        ldr     w10, [x9];                              \
        adrp    x11, runtime.trace_early;               \
        add     x11, x11, :lo12:runtime.trace_early;    \
        mov     w12, ev;                                \
        strb    w12, [x11, x10];                        \
        add     w10, w10, 1;                            \
        str     w10, [x9]
